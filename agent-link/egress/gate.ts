import type { DescMessage } from '@bufbuild/protobuf'
import { onlyAllowed } from '../../src/aclk/egress/manifest-form.ts'
import { noFunctions } from '../functions/host-functions.ts'
import type { HostFunctions } from '../functions/host-functions.ts'
import type { OutboundMessage } from '../session/messages.ts'
import type { Source, SourceAnswer } from '../sources/source.ts'
import { jsonAnswer, textAnswer } from '../sources/source.ts'
import { parseParameters } from '../sources/host/query/parameters.ts'
import type { ConfirmedFields } from './confirmed.ts'
import { maskFunctions } from './masking/masked-functions.ts'
import { maskSource } from './masking/masked-source.ts'
import type { Masker } from './masking/masker.ts'

declare const passed: unique symbol
/** A message that went through the gate: nothing else can be encoded, so a message made tomorrow cannot go around it. */
export type Outgoing<Desc extends DescMessage = DescMessage> = OutboundMessage<Desc> & { readonly [passed]: true }
/** An answer that went through the gate, or was made of words of ours. */
export type OutgoingAnswer = SourceAnswer & { readonly [passed]: true }

/** A source behind the gate. */
export interface GatedSource extends Omit<Source, 'answer' | 'configure'> {
  readonly [passed]: true
  answer(...asked: Parameters<Source['answer']>): Promise<OutgoingAnswer>
  readonly configure?: ((...asked: Parameters<NonNullable<Source['configure']>>) => Promise<OutgoingAnswer>) | undefined
}

/** Functions behind the gate. */
export interface GatedFunctions extends Omit<HostFunctions, 'answer'> {
  readonly [passed]: true
  answer(...asked: Parameters<HostFunctions['answer']>): Promise<OutgoingAnswer>
}

/** The one way out of a host: what the rules mask is masked, what its owner has not confirmed does not leave (security D8). */
export interface EgressGate {
  source(source: Source): GatedSource
  functions(functions: HostFunctions): GatedFunctions
  /** The last look at a message: fields that are not confirmed are taken out, and every text is searched for what no text may hold. */
  message<Desc extends DescMessage>(message: OutboundMessage<Desc>): Outgoing<Desc>
  hostname(name: string): string
  readonly masker: Masker
  /** How often each field was held back since the start, by message and path. */
  heldBack(): Readonly<Record<string, number>>
}

/** Fields that hold ids of the protocol, values and their units, which no rule for texts is for. */
const untouched = new Set(
  'claimId nodeId machineGuid configHash transitionId snapshotUuid name chart chartName chartContext chartType id family units valueString oldValueString timezone os osName osVersion kernelName kernelVersion architecture cpuFrequency memory diskSpace version releaseChannel virtualizationType containerType hostLabels capabilities plugin module alarm template'.split(
    ' ',
  ),
)

export function createEgressGate({ masker, confirmed }: { readonly masker: Masker; readonly confirmed: ConfirmedFields }): EgressGate {
  const held = new Map<string, number>()
  const pass = <T>(value: T) => value as T & { readonly [passed]: true }
  const hold = (message: string, path: string) => void held.set(`${message} ${path}`, (held.get(`${message} ${path}`) ?? 0) + 1)
  const mayAnswer = (message: string, path: string): boolean => {
    const may = confirmed.has(message, path)
    if (!may) hold(message, path)
    return may
  }

  return {
    masker,
    source(source) {
      const masked = maskSource(source, masker)
      const { configure } = masked
      return pass({
        kind: masked.kind,
        hasAlerts: masked.hasAlerts,
        get machineGuid() {
          return masked.machineGuid
        },
        start: () => masked.start(),
        stop: () => masked.stop(),
        info: () => masked.info(),
        contexts: () => masked.contexts(),
        alerts: () => masked.alerts(),
        alertLog: () => masked.alertLog(),
        alertConfig: (hash: string) => masked.alertConfig(hash),
        onChange: (listener: Parameters<Source['onChange']>[0]) => masked.onChange(listener),
        answer: async (request: Parameters<Source['answer']>[0], signal: AbortSignal) =>
          pass(mayAnswer('query answer', request.command) ? await masked.answer(request, signal) : textAnswer(403, unconfirmed)),
        configure:
          configure &&
          (async (request: Parameters<NonNullable<Source['configure']>>[0]) => {
            const part = /(?:^|&)action=(?!tree)/.test(request.query) ? 'documents' : 'tree'
            return pass(
              mayAnswer('configuration answer', part)
                ? await configure(request)
                : jsonAnswer(403, JSON.stringify({ status: 403, message: unconfirmed })),
            )
          }),
      })
    },
    functions(functions) {
      const masked = maskFunctions(functions, masker)
      const list = () => Object.fromEntries(Object.entries(masked.list()).filter(([name]) => mayAnswer('function answer', name)))
      return pass({
        list,
        async answer(request: Parameters<HostFunctions['answer']>[0], signal: AbortSignal) {
          const name = (parseParameters(request.query).get('function') ?? '').split(' ')[0] ?? ''
          const isOffered = request.command === 'functions' || !Object.hasOwn(masked.list(), name) || confirmed.has('function answer', name)
          if (!isOffered) return pass(jsonAnswer(404, JSON.stringify({ status: 404, errorMessage: 'No such function is offered here.' })))
          const answer = await masked.answer(request, signal)
          const offered = list()
          const isShorter = request.command === 'functions' && Object.keys(offered).length < Object.keys(masked.list()).length
          return pass(isShorter ? without(answer, offered) : answer)
        },
      })
    },
    message(message) {
      const { typeName } = message.schema
      const allowed = onlyAllowed(
        message.fields,
        (path) => confirmed.has(typeName, path),
        (path) => hold(typeName, path),
      )
      return pass({ ...message, fields: masker.isIdle ? allowed : swept(allowed, masker.text) })
    },
    hostname: (name) => masker.field('hostname', name, true),
    heldBack: () => Object.fromEntries(held),
  }
}

const unconfirmed = 'The owner of this host has not confirmed that this may leave; throughline manifest --accept does.'

/** A list of functions without those that wait for the owner's word. */
function without(answer: SourceAnswer, offered: Readonly<Record<string, unknown>>): SourceAnswer {
  return answer.status === 200 ? jsonAnswer(200, JSON.stringify({ functions: offered })) : answer
}

/** An answer in words of ours, with nothing of the host in it. */
export function ownAnswer(status: number, words: string): OutgoingAnswer {
  return textAnswer(status, words) as OutgoingAnswer
}

/** Of a host that offers none. */
export const noGatedFunctions: GatedFunctions = noFunctions as GatedFunctions

/** Texts of a message that have no field of their own, searched for what no text may hold. The same object when nothing is found. */
function swept<Fields>(fields: Fields, text: (text: string) => string): Fields {
  const walk = (name: string, value: unknown): unknown => {
    if (typeof value === 'string') return untouched.has(name) ? value : text(value)
    if (Array.isArray(value)) return value.map((each) => walk(name, each))
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array || untouched.has(name)) return value
    return Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, inner.startsWith('$') ? each : walk(inner, each)]))
  }
  return walk('', fields) as Fields
}
