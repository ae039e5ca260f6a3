import { join } from 'node:path'
import { connectWays, type ConnectWay } from '../../cloud/api/connect-commands.ts'
import { apiLimits } from '../../cloud/api/limits.ts'
import { createAudit, type Audit } from '../../cloud/audit/audit.ts'
import type { Ban, BanKind } from '../../cloud/bans/ban.ts'
import type { Purge } from '../../cloud/metadata/deleted/purge.ts'
import { createBans, type Bans } from '../../cloud/bans/bans.ts'
import { signOperatorToken } from '../../cloud/identity/operator-token.ts'
import { apiTokenScopes } from '../../cloud/identity/permissions.ts'
import type { Config } from '../config/read-config.ts'
import type { AuditEvent } from '../domain/audit.ts'
import type { NodeId } from '../domain/ids.ts'
import type { Node } from '../domain/model.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { ensureKeysFolder, keysFolder } from './keys-folder.ts'
import { sealOlder, type SealedOlder } from './sealing-older.ts'
import { openKept, openTls, ensureDataFolder, tlsFolder, apartPlace, dynamoPlace } from './kept.ts'

interface ComposeDeps {
  readonly clock: Clock
  readonly log?: Log
}

/** What the operator's commands do beside a running cloud, or without one: the same store, the same rules, no network. */
export interface Installation {
  /** For the person of this address, by default for the first admin whatever their address is by now. Throws NOT_FOUND. */
  signInLink(email: string | undefined): Promise<string>
  /** A fresh claim token with the commands that use it; `caFile` is undefined when the certificate is the owner's own. */
  claimToken(wish?: {
    name: string | undefined
  }): Promise<{ token: string; expiresAtMs: number; caFile: string | undefined; ways: readonly ConnectWay[] }>
  /** An API token of the first admin; `scope` with or without its `scope:`. Throws USAGE for a scope that is none. */
  apiToken(wish: {
    scope: string
    name: string | undefined
    validForMs: number
  }): Promise<{ token: string; tokenId: string; name: string; scope: string; expiresAtMs: number }>
  nodes(): Promise<Node[]>
  /** Takes a node out of the store. Only for a cloud that is not running: a running one has to cut links too. */
  removeNode(nodeId: NodeId): Promise<void>
  readonly audit: Pick<Audit, 'everyChain' | 'verify' | 'forwards'>
  /** Writes what the operator did into the chain of the first space. */
  record(event: Pick<AuditEvent, 'action' | 'subject' | 'details'>): Promise<void>
  readonly bans: Pick<Bans, 'list'>
  readonly purge: Pick<Purge, 'orders' | 'approve'>
  /** Keeps somebody out; an account is named by its address or id. Throws NOT_FOUND, BODY_UNPROCESSABLE or LIMIT_REACHED. */
  addBan(wish: { kind: BanKind; value: string; reason: string; forMs: number }): Promise<Ban>
  removeBan(banId: string): Promise<void>
  close(): Promise<void>
}

/** Opens what the operator's commands need. Throws DATA_FOLDER_UNUSABLE or STORE_UNAVAILABLE. */
export async function openInstallation(config: Config, { clock, log = silentLog }: ComposeDeps): Promise<Installation> {
  const { store, metadata, identity, space, adminPersonId } = await openKept(config, clock, log)
  const firstSpaceId = () => {
    if (space === undefined)
      throw new ThroughlineError('NOT_FOUND', 'The first space was deleted; make another on the page, or over the API.')
    return space.spaceId
  }
  const audit = createAudit({ store, clock, log })
  const record = (event: Pick<AuditEvent, 'action' | 'subject' | 'details'>) =>
    audit.record({ ...event, spaceId: space?.spaceId, personId: adminPersonId, via: 'operator' })
  const bans = createBans({ store, clock })
  return {
    async signInLink(email) {
      const person = await (email === undefined ? identity.people.get(adminPersonId) : identity.people.find(email))
      if (person === undefined) {
        const whom = email === undefined ? 'The first admin has deleted their account' : `Nobody here has the address ${email}`
        throw new ThroughlineError('NOT_FOUND', `${whom}; name the address of somebody who is here with --email.`)
      }
      const { link } = await identity.links.issue(person.personId, { isByOperator: true })
      await record({ action: 'operator-action', subject: { kind: 'person', id: person.personId }, details: { command: 'sign-in-link' } })
      return link
    },
    async claimToken({ name } = { name: undefined }) {
      const { claimTokenDefaultMs: validForMs, claimTokenUsesDefault: uses } = apiLimits
      const wish = { spaceId: firstSpaceId(), roomIds: [], validForMs, uses, name: name ?? 'Command line' }
      const { token, tokenId, expiresAtMs } = await metadata.claimTokens.issue(wish)
      await record({ action: 'claim-token-created', subject: { kind: 'claim-token', id: tokenId }, details: { uses, expiresAtMs } })
      const { caPem, caFingerprint } = await openTls(config, clock, log)
      const ca = caFingerprint === undefined ? { isPrivateCa: false } : { caFingerprint }
      const caFile = caPem === undefined ? undefined : join(tlsFolder(config), 'ca.pem')
      return { token, expiresAtMs, caFile, ways: connectWays({ url: config.publicUrl, token, ...ca }) }
    },
    async apiToken({ scope, name, validForMs }) {
      const wanted = apiTokenScopes.find((each) => each === scope || each === `scope:${scope}`)
      if (wanted === undefined)
        throw new ThroughlineError('USAGE', `--scope wants one of ${apiTokenScopes.map((each) => each.slice('scope:'.length)).join(', ')}.`)
      const wish = { spaceId: space?.spaceId, personId: adminPersonId, scope: wanted, name: name ?? 'Command line', validForMs }
      const made = await identity.apiTokens.create(wish)
      const { token, tokenId, expiresAtMs } = made
      await record({ action: 'api-token-created', subject: { kind: 'api-token', id: tokenId }, details: { scope: wanted, expiresAtMs } })
      return { token, tokenId, name: made.name, scope: wanted, expiresAtMs }
    },
    nodes: async () => (space === undefined ? [] : metadata.nodes.list(space.spaceId)),
    async removeNode(nodeId) {
      if ((await metadata.nodes.remove(firstSpaceId(), nodeId)) === undefined)
        throw new ThroughlineError('NOT_FOUND', 'There is no such node.')
      await record({ action: 'node-removed', subject: { kind: 'node', id: nodeId } })
    },
    audit,
    record,
    bans,
    purge: metadata.purge,
    async addBan({ kind, value, reason, forMs }) {
      const person = kind === 'account' && value.includes('@') ? await identity.people.find(value) : undefined
      if (kind === 'account' && value.includes('@') && person === undefined)
        throw new ThroughlineError('NOT_FOUND', `Nobody here has the address ${value}.`)
      const ban = await bans.add({ kind, value: person?.personId ?? value, reason, forMs, by: 'operator' })
      await record({ action: 'ban-added', subject: { kind: 'ban', id: ban.banId }, details: { kind } })
      return ban
    },
    async removeBan(banId) {
      const ban = await bans.remove(banId)
      if (ban !== undefined) await record({ action: 'ban-removed', subject: { kind: 'ban', id: banId }, details: { kind: ban.kind } })
    },
    async close() {
      await audit.close()
      await identity.close()
      await store.close()
    },
  }
}

/** A bearer token of the operator for the running cloud. */
export async function operatorToken(config: Config, clock: Clock): Promise<string> {
  ensureKeysFolder(config)
  return signOperatorToken(keysFolder(config), clock)
}

/** Whether the store answers, in one sentence; throws STORE_UNAVAILABLE, CONFIG_INVALID or DATA_FOLDER_UNUSABLE. */
export async function checkStore(config: Config, deps: ComposeDeps): Promise<string> {
  const installation = await openInstallation(config, deps)
  const nodes = await installation.nodes()
  await installation.close()
  return `${config.store} answers; ${nodes.length} nodes are known.`
}

/** Makes what the store needs and seals what an older version left in the open; answers what was done, in sentences. */
export async function migrateStore(config: Config, tell: (line: string) => void, { clock, log = silentLog }: ComposeDeps): Promise<string> {
  if (config.store === 'sqlite') {
    await ensureDataFolder(config)
    return `The metadata file is at its newest form. ${sealedText(await sealOlder(config, tell, { clock, log }))}`
  }
  const { migrateDynamo } = await import('../../cloud/store/dynamodb/migrate-dynamo.ts')
  const { created } = await migrateDynamo({ ...dynamoPlace(config), clock, log })
  await migrateDynamo({ ...apartPlace(config), clock, log })
  const made = created ? `The table ${config.dynamoTable} is made.` : `The table ${config.dynamoTable} is as it should be.`
  return `${made} ${sealedText(await sealOlder(config, tell, { clock, log }))}`
}

function sealedText({ written, broken, isCompact }: SealedOlder): string {
  const sentences = [written === 0 ? 'Nothing lay in the open.' : `${written} items that lay in the open are sealed.`]
  if (broken > 0) sentences.push(`${broken} items do not open and were left as they are.`)
  if (isCompact === false)
    sentences.push('The file keeps its free pages while the cloud runs; stop it and run migrate again to give them back.')
  return sentences.join(' ')
}
