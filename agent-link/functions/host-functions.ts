import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { parseParameters } from '../sources/host/query/parameters.ts'
import { jsonAnswer } from '../sources/source.ts'
import type { SourceAnswer } from '../sources/source.ts'
import { accessNames, harmlessAccess, refusalOf } from './access.ts'
import { parseArguments } from './arguments.ts'
import type { HostFunction } from './host-function.ts'
import { tableDocument } from './table/table.ts'

/** One question about functions; `query` is the raw text after `?`. */
export interface FunctionsRequest {
  readonly command: 'functions' | 'function'
  readonly query: string
  readonly permissions: number
}

/** The functions a host offers, behind `/api/v1/functions` and `/api/v1/function` (agent-api §12). */
export interface HostFunctions {
  /** Never rejects: failures, refusals and deadlines are answers. It settles when the signal is aborted, whatever the work does. */
  answer(request: FunctionsRequest, signal: AbortSignal): Promise<SourceAnswer>
  /** The list as `/api/v1/info` and `/api/v1/functions` hold it; empty of what this host has nothing for. */
  list(): Readonly<Record<string, unknown>>
}

export interface HostFunctionsDeps {
  readonly functions: readonly HostFunction[]
  readonly clock: Clock
  readonly log: Log
}

/** No call may take longer, whatever it asks for. */
const longestS = 60

/** Serves functions to callers that hold what each asks for. Nothing runs while nobody asks. */
export function createHostFunctions({ functions, clock, log }: HostFunctionsDeps): HostFunctions {
  const offered = () => functions.filter((one) => one.isOffered())
  const list = () => Object.fromEntries(offered().map((one) => [one.name, listed(one)]))
  const failed = new Set<string>()

  async function call(query: string, permissions: number, signal: AbortSignal): Promise<SourceAnswer> {
    const parameters = parseParameters(query)
    const text = parameters.get('function') ?? ''
    const wanted = findFunction(offered(), text)
    if (wanted === undefined) return refusal(404, 'No such function is offered here.')
    const denied = refusalOf(permissions, wanted.access)
    if (denied !== undefined) return refusal(denied.status, denied.message)
    const args = parseArguments(text.slice(wanted.name.length))
    if (args.has('info')) return jsonAnswer(200, JSON.stringify(infoDocument(wanted)))
    const asked = Number(parameters.get('timeout') ?? 0)
    const timeoutMs = (asked > 0 ? Math.min(asked, longestS) : wanted.timeoutS) * 1000
    return withDeadline(timeoutMs, signal, async (abort) => {
      try {
        const answer = await wanted.call({ args, permissions, signal: abort })
        if (answer.kind === 'refused') return refusal(answer.status, answer.message)
        const document = { ...head(wanted), ...tableDocument(answer.table), ...answer.extra, expires: nowS() + wanted.updateEveryS }
        return jsonAnswer(200, JSON.stringify(document))
      } catch (cause) {
        // Once a function; and only the kind of failure, since its words could quote what was read.
        if (!abort.aborted && !failed.has(wanted.name)) {
          failed.add(wanted.name)
          log.warn('host_function_failed', { function: wanted.name, reason: cause instanceof Error ? cause.name : 'unknown' })
        }
        return refusal(500, 'The function failed.')
      }
    })
  }

  /** Runs `work` and answers for it when it takes too long or nobody waits any more. */
  function withDeadline(
    timeoutMs: number,
    signal: AbortSignal,
    work: (abort: AbortSignal) => Promise<SourceAnswer>,
  ): Promise<SourceAnswer> {
    return new Promise((resolve) => {
      const abort = new AbortController()
      const finish = (answer: SourceAnswer) => {
        stopDeadline()
        signal.removeEventListener('abort', onAbort)
        resolve(answer)
      }
      const giveUp = (answer: SourceAnswer) => {
        finish(answer)
        abort.abort()
      }
      const onAbort = () => giveUp(refusal(499, 'Cancelled.'))
      const stopDeadline = clock.after(timeoutMs, () => giveUp(refusal(504, 'The function did not finish in time.')))
      signal.addEventListener('abort', onAbort)
      if (signal.aborted) return onAbort()
      void work(abort.signal).then(finish)
    })
  }

  const nowS = () => Math.floor(clock.nowMs() / 1000)

  return {
    list,
    async answer({ command, query, permissions }, signal) {
      const denied = refusalOf(permissions, harmlessAccess)
      if (denied !== undefined) return refusal(denied.status, denied.message)
      return command === 'functions' ? jsonAnswer(200, JSON.stringify({ functions: list() })) : call(query, permissions, signal)
    },
  }
}

/** Of a host that offers none. */
export const noFunctions: HostFunctions = {
  list: () => ({}),
  answer: ({ command }) =>
    Promise.resolve(command === 'functions' ? jsonAnswer(200, '{"functions":{}}') : refusal(404, 'No such function is offered here.')),
}

/** The longest name that stands at the start of the text (agent-api §12.2). */
function findFunction(functions: readonly HostFunction[], text: string): HostFunction | undefined {
  return functions.filter(({ name }) => text === name || text.startsWith(`${name} `)).sort((a, b) => b.name.length - a.name.length)[0]
}

/** One entry of the list (agent-api §12.1). */
function listed({ help, timeoutS, tags, access, priority }: HostFunction) {
  return { help, timeout: timeoutS, version: 1, options: ['GLOBAL'], tags, access: accessNames(access), priority }
}

/** What `info` and a call have in common. */
function head({ hasHistory, updateEveryS, help }: HostFunction) {
  return { status: 200, type: 'table', has_history: hasHistory, update_every: updateEveryS, help }
}

function infoDocument(wanted: HostFunction) {
  return {
    v: 2,
    ...head(wanted),
    accepted_params: ['info', ...wanted.acceptedParameters],
    required_params: wanted.requiredParameters,
  }
}

/** A refusal as agents write it (agent-api §2.6). */
function refusal(status: number, errorMessage: string): SourceAnswer {
  return jsonAnswer(status, JSON.stringify({ status, errorMessage }))
}
