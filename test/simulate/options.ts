/** What the simulator is asked for; numbers are within the bounds. */
export interface SimulateOptions {
  readonly agents: number
  /** Children of each agent. */
  readonly children: number
  /** Contexts of each host. */
  readonly contexts: number
  /** How long the fleet stays once it is connected. */
  readonly seconds: number
  /** A cloud that runs already; without it, one of our own is started for the time. */
  readonly cloud: { readonly url: string; readonly token: string; readonly caFile: string | undefined } | undefined
}

interface Bound {
  readonly most: number
  readonly fallback: number
  readonly doc: string
}

/** The numbers that can be asked for, and how high. */
export const bounds = {
  agents: { most: 20_000, fallback: 10, doc: 'agents to claim and connect' },
  children: { most: 2_000, fallback: 0, doc: 'children of each agent' },
  contexts: { most: 20_000, fallback: 200, doc: 'contexts of each host' },
  seconds: { most: 86_400, fallback: 30, doc: 'how long the fleet stays once it is connected' },
} as const satisfies Record<string, Bound>

const mostContexts = 50_000_000
const texts = ['url', 'token', 'ca'] as const

/** One line for each option. */
export function usage(): string {
  const numbers = Object.entries(bounds).map(
    ([name, { most, fallback, doc }]) => `  --${name} N`.padEnd(18) + `${doc} (default ${fallback}, at most ${most})`,
  )
  return [
    'npm run simulate -- [options]',
    ...numbers,
    '  --url URL       a cloud that runs already, on the loopback (default: one of our own, gone afterwards)',
    '  --token TOKEN   a claim token of that cloud, good for as many uses as there are agents',
    '  --ca FILE       the CA of its certificate (default: those the system trusts)',
    '  --anywhere      a cloud beyond the loopback may be meant; it is yours, or you were asked to load it',
  ].join('\n')
}

/** Reads the command line; an answer of text says what is wrong with it. */
export function readOptions(argv: readonly string[]): SimulateOptions | string {
  const numbers: Record<keyof typeof bounds, number> = {
    agents: bounds.agents.fallback,
    children: bounds.children.fallback,
    contexts: bounds.contexts.fallback,
    seconds: bounds.seconds.fallback,
  }
  const given = new Map<string, string>()
  let isAnywhere = false
  for (let at = 0; at < argv.length; at++) {
    const name = (argv[at] ?? '').replace(/^--/, '')
    if (name === 'anywhere') {
      isAnywhere = true
      continue
    }
    const value = argv[++at]
    if (value === undefined) return `--${name} needs a value, or is no option.`
    if (isNumberName(name)) {
      const number = Number(value)
      const least = name === 'agents' ? 1 : 0
      if (!Number.isInteger(number) || number < least || number > bounds[name].most) {
        return `--${name} is a whole number from ${least} to ${bounds[name].most}.`
      }
      numbers[name] = number
    } else if ((texts as readonly string[]).includes(name)) given.set(name, value)
    else return `--${name} is no option.`
  }
  const { agents, children, contexts } = numbers
  if (agents * (1 + children) * contexts > mostContexts) {
    return `That is more than ${mostContexts} contexts in all; take fewer agents, children or contexts.`
  }
  const cloud = cloudOf(given, isAnywhere)
  return typeof cloud === 'string' ? cloud : { ...numbers, cloud }
}

function cloudOf(given: ReadonlyMap<string, string>, isAnywhere: boolean): SimulateOptions['cloud'] | string {
  const [url, token] = [given.get('url'), given.get('token')]
  if (url === undefined && token === undefined) return given.has('ca') ? '--ca belongs to --url.' : undefined
  if (url === undefined || token === undefined) return '--url and --token belong together.'
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:') return '--url is an https:// address.'
  const isLoopback = parsed.hostname === 'localhost' || parsed.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(parsed.hostname)
  if (!isLoopback && !isAnywhere) return `${parsed.hostname} is not this machine; --anywhere says that it is meant.`
  return { url: parsed.origin, token, caFile: given.get('ca') }
}

function isNumberName(name: string): name is keyof typeof bounds {
  return Object.hasOwn(bounds, name)
}
