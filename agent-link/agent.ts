import { randomUUID } from 'node:crypto'
import { hostname as osHostname } from 'node:os'
import { ThroughlineError } from '../src/errors/throughline-error.ts'
import type { ClaimId, MachineGuid, NodeId } from '../src/domain/ids.ts'
import type { Clock } from '../src/support/clock.ts'
import type { Log } from '../src/support/log.ts'
import { claim as claimHost } from './claim/claim.ts'
import { ensureMachineGuid, loadClaim, peekMachineGuid, saveNodeId, type ClaimChoices, type StoredClaim } from './claim/claim-files.ts'
import { describeEgress } from './egress/describe.ts'
import { confirmation, loadConfirmed, saveConfirmed, type Confirmer } from './egress/confirmed.ts'
import type { PresetName } from './egress/masking/rules.ts'
import { openGate } from './egress/open-gate.ts'
import { egressMember, keepToldManifest, tellManifest } from './egress/tell-manifest.ts'
import { functionsOfThisHost } from './functions/this-host.ts'
import { isThisHost } from './functions/is-this-host.ts'
import type { HostFunctions } from './functions/host-functions.ts'
import { createLink } from './link/link.ts'
import type { Link, LinkState } from './link/link.ts'
import { keepTold } from './session/keep-told.ts'
import { createSession } from './session/session.ts'
import { loadHostAlerts } from './sources/host/alerts/host-alerts.ts'
import { createHostSource } from './sources/host/host-source.ts'
import { createNetdataSource } from './sources/netdata/netdata-source.ts'
import type { Source } from './sources/source.ts'
import { version as agentVersion } from '../src/domain/version.ts'

export type AgentState = LinkState

export interface AgentDeps {
  /** The agent's own folder: key, claim, node id. */
  readonly folder: string
  // What is not told here is as it was told at the claim.
  /** The kernel of this host unless told otherwise. */
  readonly sourceKind?: 'host' | 'netdata' | undefined
  /** Where the agent of the netdata source answers; `http://127.0.0.1:19999` unless told otherwise. */
  readonly netdataUrl?: string | undefined
  /** The name this host goes by; its own unless told otherwise. */
  readonly hostname?: string | undefined
  /** Whether this host's live functions are offered; yes unless told otherwise. */
  readonly offersFunctions?: boolean | undefined
  /** The rules of masking instead of those in the folder. */
  readonly masking?: PresetName | undefined
  readonly clock: Clock
  readonly log: Log
}

/** What a claim of this host needs. */
export interface AgentClaimWish {
  readonly url: string
  readonly token: string
  readonly roomIds: readonly string[]
  /** The CA to trust instead of the system's; kept with the claim. */
  readonly caPem?: string | undefined
  /** How the owner confirmed what may leave; a claim without is refused (security D8). */
  readonly confirmedBy?: Confirmer | undefined
}

/** A session and its link. */
interface Voice {
  readonly link: Link
  /** The list that was confirmed when it began, and whether more waits. */
  readonly manifestHash: string
  readonly isWaiting: boolean
  stop(): Promise<void>
}

/** While the link is down, the folder is looked at for a newer claim this often. */
const claimCheckMs = 2_000

export const defaultNetdataUrl = 'http://127.0.0.1:19999'

/** The agent of one host: a source, a session and a link, wired. Starting or stopping twice is harmless. */
export function createAgent(deps: AgentDeps) {
  const { folder, clock, log } = deps
  const listeners = new Set<(state: AgentState) => void>()
  let running: { readonly link: Link; stop(): Promise<void> } | undefined

  const thisHost = functionsOfThisHost({ clock, log })
  const functionsBy = ({ functions }: ClaimChoices) => ((deps.offersFunctions ?? functions !== 'off') ? thisHost : undefined)
  const nameBy = ({ hostname }: ClaimChoices) => deps.hostname ?? hostname
  const maskingBy = ({ masking }: ClaimChoices) => deps.masking ?? masking

  /** The functions of this host, unless they are switched off or the data is of another one. Asks a started source. */
  function functionsFor(source: Source, choices: ClaimChoices): HostFunctions | undefined {
    const offered = functionsBy(choices)
    if (offered === undefined || isThisHost(source)) return offered
    log.warn('functions_not_offered', { reason: 'the netdata that answers is not the one of this host' })
    return undefined
  }

  /** A rehearsal leaves no trace: it makes up an id where none is kept yet. */
  async function createSource(choices: ClaimChoices, isRehearsal = false): Promise<Source> {
    const url = deps.netdataUrl ?? choices.netdataUrl ?? defaultNetdataUrl
    if ((deps.sourceKind ?? choices.source) === 'netdata') return createNetdataSource({ url, clock, log })
    const made = { machineGuid: randomUUID() as MachineGuid, madeAtS: Math.trunc(clock.nowMs() / 1000) }
    const { machineGuid, madeAtS } = isRehearsal && (await peekMachineGuid(folder)) === undefined ? made : await ensureMachineGuid(folder)
    return createHostSource({
      machineGuid,
      hostname: nameBy(choices) ?? osHostname(),
      agentVersion,
      sinceS: madeAtS,
      functions: functionsBy(choices),
      keptAlerts: isRehearsal ? undefined : await loadHostAlerts(folder, log),
      clock,
      log,
    })
  }

  /** Runs `work` with the source started, and stops it again. */
  async function withSource<T>(work: (source: Source) => Promise<T>, isRehearsal = false): Promise<T> {
    const source = await createSource({}, isRehearsal)
    // Timers of the clock do not keep the process alive; what is being done does.
    const alive = keepAlive()
    try {
      await source.start()
      return await work(source)
    } finally {
      await source.stop()
      alive()
    }
  }

  const identityOf = async (source: Source): Promise<{ machineGuid: MachineGuid; hostname: string }> => ({
    machineGuid: source.machineGuid ?? (await ensureMachineGuid(folder)).machineGuid,
    hostname: deps.hostname ?? source.info().node.hostname,
  })

  async function start(): Promise<void> {
    if (running !== undefined) return
    const stored = await loadClaim(folder)
    if (stored === undefined) throw new ThroughlineError('CLAIM_UNKNOWN', 'This host is not claimed yet; run `throughline claim` first.')
    const { choices = {} } = stored
    const source = await createSource(choices)
    const alive = keepAlive()
    try {
      await source.start()
    } catch (thrown) {
      await source.stop()
      alive()
      throw thrown
    }
    let { claimId } = stored
    let voice = await speak(source, stored)
    let isStopping = false
    let adopting: Promise<void> | undefined
    /** `throughline claim` may have run again beside us: the host goes on under its new claim (aclk §8.8). */
    const adopt = async (): Promise<void> => {
      const kept = await loadClaim(folder).catch(() => undefined)
      if (kept === undefined || isStopping) return
      const confirmed = voice.isWaiting ? await loadConfirmed(folder).catch(() => undefined) : undefined
      const hasConfirmed = confirmed !== undefined && confirmed.hash !== voice.manifestHash
      if (kept.claimId === claimId && !hasConfirmed) return
      if (kept.claimId !== claimId) log.info('agent_claimed_again', { claimId: kept.claimId })
      claimId = kept.claimId
      await voice.stop()
      voice = await speak(source, kept)
      if (!isStopping) voice.link.start()
    }
    const stopLooking = clock.every(claimCheckMs, () => {
      // What waited may have been confirmed beside us: then the link is begun anew, with it.
      if (voice.link.state.kind === 'waiting' || voice.isWaiting) adopting ??= adopt().finally(() => (adopting = undefined))
    })
    running = {
      get link() {
        return voice.link
      },
      async stop() {
        isStopping = true
        stopLooking()
        await adopting
        await voice.stop()
        await source.stop()
        alive()
      },
    }
    voice.link.start()
    log.info('agent_started', { source: source.kind, claimId: stored.claimId })
  }

  /** A session and its link under one claim. */
  async function speak(source: Source, claim: StoredClaim): Promise<Voice> {
    const { choices = {} } = claim
    const functions = functionsFor(source, choices)
    let saving: Promise<void> = Promise.resolve()
    const opened = await openGate({ folder, preset: maskingBy(choices), clock, log })
    const { gate, confirmed, waiting } = opened
    if (waiting.length > 0) log.warn('egress_waits_for_owner', { fields: waiting.length, first: waiting[0] })
    if (deps.masking === 'off') log.warn('egress_masking_off', {})
    const told = await keepTold({ folder, claim, clock, log })
    const keepNodeId = (nodeId: NodeId) => {
      told.setNodeId(nodeId)
      return (saving = saveNodeId(folder, nodeId))
    }
    const session = createSession({
      source: gate.source(source),
      functions: functions && gate.functions(functions),
      gate,
      claim,
      chosenName: nameBy(choices),
      saveNodeId: keepNodeId,
      told,
      clock,
      log,
    })
    const link = createLink({ identity: claim, speaker: session, agentVersion, clock, log })
    const unsubscribe = link.onState((state) => {
      for (const listener of listeners) listener(state)
    })
    const shownHostname = gate.hostname(claim.hostname)
    const telling = confirmed.by === 'earlier-claim' ? undefined : tellManifest({ folder, claim, shownHostname, confirmed, waiting, log })
    return {
      link,
      manifestHash: confirmed.hash,
      isWaiting: waiting.length > 0,
      async stop() {
        await link.stop()
        unsubscribe()
        session.stop()
        await told.stop()
        await opened.stop()
        await telling
        // What is being written is not torn by the end; that it failed was logged.
        await saving.catch(() => undefined)
      },
    }
  }

  return {
    get state(): AgentState {
      return running?.link.state ?? { kind: 'stopped' }
    },
    /** Calls `listener` at every change of the link's state; the answer unsubscribes. */
    onState(listener: (state: AgentState) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** Whether the folder holds a complete claim. */
    async isClaimed(): Promise<boolean> {
      return (await loadClaim(folder)) !== undefined
    },
    /** Ties this host to a space. Throws what {@link claimHost} throws, and SOURCE_UNAVAILABLE. */
    async claim({ url, token, roomIds, caPem, confirmedBy }: AgentClaimWish): Promise<ClaimId> {
      if (confirmedBy === undefined)
        throw new ThroughlineError('EGRESS_UNCONFIRMED', 'Nothing was sent: what may leave this host was not confirmed.')
      const identity = await withSource(identityOf)
      const alive = keepAlive()
      try {
        const opened = await openGate({ folder, preset: deps.masking, clock, log })
        const shownHostname = opened.gate.hostname(identity.hostname)
        const confirmed = confirmation(confirmedBy, clock.nowMs())
        const egress = (claimId: ClaimId, privateKeyPem: string) => egressMember(confirmed, [], claimId, privateKeyPem)
        const onTaken = () => saveConfirmed(folder, confirmed)
        const claimed = { url, token, roomIds, caPem, folder, ...identity, shownHostname, egress, choices: choicesOf(deps) }
        const claimId = await claimHost(claimed, { clock, log, onTaken })
        await keepToldManifest(folder, claimId, confirmed, [])
        await opened.stop()
        return claimId
      } finally {
        alive()
      }
    },
    /** Every byte a claim and a session would send, as text for a person; nothing is sent and nothing is written (aclk §1 to §7). */
    async *describeEgress({ url, token, roomIds }: Pick<AgentClaimWish, 'url' | 'token' | 'roomIds'>): AsyncGenerator<string> {
      const sections: string[] = []
      await withSource(async (source) => {
        const { machineGuid, hostname } = await identityOf(source)
        const functions = functionsFor(source, {})
        const { gate } = await openGate({ folder, preset: deps.masking, isRehearsal: true, clock, log })
        const own = { machineGuid, hostname, chosenName: deps.hostname }
        for await (const section of describeEgress({ source, functions, gate, url, token, roomIds, ...own, clock })) sections.push(section)
      }, true)
      yield* sections
    },
    /** Starts the source and keeps a link open. Throws CLAIM_UNKNOWN without a claim, and SOURCE_UNAVAILABLE. */
    start,
    /** An orderly end in less than three seconds. */
    async stop(): Promise<void> {
      const stopping = running
      running = undefined
      await stopping?.stop()
    },
  }
}

/** What stays of what was chosen at a claim. That masks are off is said anew at each start. */
function choicesOf({ sourceKind, netdataUrl, hostname, masking, offersFunctions }: AgentDeps): ClaimChoices {
  return {
    ...(sourceKind === undefined ? {} : { source: sourceKind }),
    ...(netdataUrl === undefined ? {} : { netdataUrl }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(masking === undefined || masking === 'off' ? {} : { masking }),
    ...(offersFunctions === false ? { functions: 'off' as const } : {}),
  }
}

export type HostAgent = ReturnType<typeof createAgent>

/** Holds the process until called back. */
function keepAlive(): () => void {
  const timer = setInterval(() => undefined, 2 ** 30)
  return () => clearInterval(timer)
}
