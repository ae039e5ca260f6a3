import { requestKinds, withRequests, type OperatorRequests } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type CliContext, type Command, type OptionValues } from './command.ts'

const dayMs = 24 * 3_600_000
const dateOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10)

export const requests: Command = {
  summary: 'lists what people asked of their data in writing, with the days left; requests add, answer, refuse, extend',
  operands: '| add | answer <id> | refuse <id> | extend <id>',
  options: {
    email: { type: 'string', value: '<address>', doc: 'add: who wrote the letter' },
    kind: { type: 'string', value: '<kind>', doc: `add: ${requestKinds.join(', ')}` },
    text: { type: 'string', value: '<text>', doc: 'add: what they ask, at most 2 kB' },
    note: { type: 'string', value: '<text>', doc: 'answer, refuse, extend: what whoever asked is told' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values, operands) {
    const [action = 'list', requestId, ...rest] = operands
    const work =
      action === 'list' && requestId === undefined
        ? (open: OperatorRequests) => list(context, open, values['json'] === true)
        : action === 'add' && requestId === undefined
          ? add(context, values)
          : requestId !== undefined && rest.length === 0
            ? change(context, values, action, requestId)
            : undefined
    if (work === undefined)
      throw new ThroughlineError('USAGE', 'Say what to do: npx throughline requests, or with add, answer <id>, refuse <id>, extend <id>.')
    await withRequests(context.config(), { clock: context.clock }, work)
  },
}

async function list({ print, clock }: CliContext, open: OperatorRequests, isJson: boolean): Promise<void> {
  const all = await open.list()
  if (isJson) return print(JSON.stringify({ requests: all }, null, 2))
  if (all.length === 0) return print('Nobody asked for anything.')
  const nowMs = clock.nowMs()
  for (const { requestId, kind, state, dueAtMs, endedAtMs, shownAddress, text } of all) {
    const left = Math.ceil((dueAtMs - nowMs) / dayMs)
    const clockWords = nowMs > dueAtMs ? `OVERDUE since ${dateOf(dueAtMs)}` : `due ${dateOf(dueAtMs)}, ${left} days left`
    const stateWords = state === 'open' ? clockWords : `${state} ${dateOf(endedAtMs ?? dueAtMs)}`
    // Quoted: what people write must not steer a terminal.
    print(`${requestId}  ${kind}  ${shownAddress ?? 'somebody who is gone'}  ${stateWords}  ${JSON.stringify(text)}`)
  }
}

function add({ print }: CliContext, values: OptionValues) {
  const [email, wanted, text] = ['email', 'kind', 'text'].map((name) => textOption(values, name))
  const kind = requestKinds.find((each) => each === wanted)
  if (email === undefined || kind === undefined || text === undefined)
    throw new ThroughlineError('USAGE', `Say who asks for what: --email <address> --kind ${requestKinds.join('|')} --text <text>.`)
  return async (open: OperatorRequests) => {
    const made = await open.enter({ email, kind, text })
    print(`Noted as ${made.requestId}; an answer is due by ${dateOf(made.dueAtMs)}.`)
  }
}

function change({ print }: CliContext, values: OptionValues, action: string, requestId: string) {
  if (action !== 'answer' && action !== 'refuse' && action !== 'extend') return undefined
  const note = textOption(values, 'note')
  if (note === undefined) throw new ThroughlineError('USAGE', 'Say with --note what whoever asked is told.')
  return async (open: OperatorRequests) => {
    const changed =
      action === 'extend'
        ? await open.extend(requestId, note)
        : await open.end(requestId, { state: action === 'answer' ? 'answered' : 'refused', note })
    print(changed.state === 'open' ? `An answer is due by ${dateOf(changed.dueAtMs)} now.` : `The request is ${changed.state}.`)
  }
}
