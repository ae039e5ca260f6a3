import { X509Certificate } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defaultNetdataUrl } from '../../agent-link/agent.ts'
import { examineHost } from '../../agent-link/doctor/examine.ts'
import type { Finding } from '../../agent-link/doctor/finding.ts'
import { checkBackups, checkStore } from '../compose.ts'
import type { Config } from '../config/read-config.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { askCloud } from './ask-cloud.ts'
import { textOption, type CliContext, type Command, type OptionValues } from './command.ts'
import { readCa } from './read-ca.ts'
import { sourceOptions } from './source-options.ts'

const dayMs = 24 * 3_600_000

export const doctor: Command = {
  summary: 'checks this installation, or with --url why this host does not connect to a cloud, and says what to mend',
  options: {
    url: { type: 'string', value: 'https://host:port', doc: 'on a monitored host instead: why it does not connect to that cloud' },
    ca: { type: 'string', value: '<file>', doc: "with --url: PEM file of the CA to trust; default the claim's, else the system's" },
    ...sourceOptions,
    json: { type: 'boolean', doc: 'as JSON' },
    health: { type: 'boolean', doc: 'only whether the cloud answers (for container health checks)' },
  },
  async run(context, values) {
    const config = context.config()
    const findings =
      values['url'] !== undefined
        ? await examine(context, values)
        : values['health'] === true
          ? [await checkCloud(config, context.clock)]
          : [
              checkDataFolder(config),
              checkKeysFolder(config),
              checkCertificate(config, context.clock.nowMs()),
              await attempt('store', () => checkStore(config, { clock: context.clock })),
              await attemptFinding('backups', () => checkBackups(config, { clock: context.clock })),
              await checkCloud(config, context.clock),
            ]
    if (values['json'] === true) context.print(JSON.stringify({ findings }, null, 2))
    else for (const { check, isGood, sentence } of findings) context.print(`${isGood ? 'good' : 'MEND'}  ${check}: ${sentence}`)
    const bad = findings.filter(({ isGood }) => !isGood).length
    if (bad > 0) throw new ThroughlineError('CONFIG_INVALID', `${bad} of ${findings.length} checks found something to mend.`)
  },
}

/** The steps an agent of this host takes towards a cloud. */
async function examine(context: CliContext, values: OptionValues): Promise<Finding[]> {
  const source = textOption(values, 'source')
  if (source !== undefined && source !== 'host' && source !== 'netdata')
    throw new ThroughlineError('USAGE', `--source is host or netdata, not "${source}".`)
  const netdataUrl = textOption(values, 'netdata-url')
  const wish = {
    url: textOption(values, 'url') ?? '',
    caPem: readCa(values),
    folder: textOption(values, 'folder') ?? join(context.config().dataFolder, 'agent'),
    netdata:
      source === 'netdata' || netdataUrl !== undefined
        ? { url: netdataUrl ?? defaultNetdataUrl, isBehindAgentLink: source === 'netdata' }
        : undefined,
    env: context.env,
  }
  const findings: Finding[] = []
  for await (const finding of examineHost(wish, { clock: context.clock })) findings.push(finding)
  return findings
}

const attempt = (check: string, look: () => Promise<string>): Promise<Finding> =>
  attemptFinding(check, async () => ({ isGood: true, sentence: await look() }))

async function attemptFinding(check: string, look: () => Promise<Omit<Finding, 'check'>>): Promise<Finding> {
  try {
    return { check, ...(await look()) }
  } catch (thrown) {
    return { check, isGood: false, sentence: thrown instanceof ThroughlineError ? thrown.message : 'it could not be checked.' }
  }
}

function checkDataFolder({ dataFolder }: Config): Finding {
  const check = 'data folder'
  try {
    accessSync(existsSync(dataFolder) ? dataFolder : dirname(dataFolder), constants.W_OK)
    const key = join(dataFolder, 'tls', 'key.pem')
    if (existsSync(key) && (statSync(key).mode & 0o077) !== 0)
      return { check, isGood: false, sentence: `others can read ${key}; run chmod 600 on it.` }
    return { check, isGood: true, sentence: `${dataFolder} can be written.` }
  } catch {
    return { check, isGood: false, sentence: `${dataFolder} cannot be written; choose another with THROUGHLINE_DATA or change its owner.` }
  }
}

function checkKeysFolder({ keysFolder }: Config): Finding {
  const check = 'keys folder'
  if (!existsSync(keysFolder)) return { check, isGood: true, sentence: `${keysFolder} will be made at the first start.` }
  try {
    accessSync(keysFolder, constants.W_OK)
    const open = ['', ...readdirSync(keysFolder)].map((name) => join(keysFolder, name)).find((path) => (statSync(path).mode & 0o077) !== 0)
    if (open !== undefined) return { check, isGood: false, sentence: `others can read ${open}; run chmod -R go= ${keysFolder}.` }
    return { check, isGood: true, sentence: `${keysFolder} is its owner's alone.` }
  } catch {
    return { check, isGood: false, sentence: `${keysFolder} cannot be written; choose another with THROUGHLINE_KEYS or change its owner.` }
  }
}

function checkCertificate(config: Config, nowMs: number): Finding {
  const check = 'certificate'
  const file = config.tlsCert ?? join(config.dataFolder, 'tls', 'cert.pem')
  if (!existsSync(file)) {
    return config.tlsCert === undefined
      ? { check, isGood: true, sentence: 'it will be made at the first start.' }
      : { check, isGood: false, sentence: `${file} is not there; correct THROUGHLINE_TLS_CERT.` }
  }
  try {
    const leaf = new X509Certificate(readFileSync(file))
    const days = Math.floor((Date.parse(leaf.validTo) - nowMs) / dayMs)
    if (days < 0) return { check, isGood: false, sentence: `it expired ${-days} days ago; put a new one in its place.` }
    if (leaf.checkHost(config.publicHost) === undefined && leaf.checkIP(config.publicHost) === undefined) {
      return {
        check,
        isGood: false,
        sentence: `it does not name ${config.publicHost}; restart with THROUGHLINE_TLS_NAMES=${config.publicHost}, or correct THROUGHLINE_PUBLIC_URL.`,
      }
    }
    return { check, isGood: true, sentence: `it names ${config.publicHost} and is good for ${days} days.` }
  } catch {
    return { check, isGood: false, sentence: `${file} is not a certificate; replace it.` }
  }
}

async function checkCloud(config: Config, clock: Clock): Promise<Finding> {
  return attempt('cloud', async () => {
    const health = (await askCloud(config, clock, '/api/throughline/v1/health')) as { version: string; links: number } | undefined
    if (health === undefined)
      throw new ThroughlineError('AGENT_UNREACHABLE', `nothing listens on port ${config.port}; start it with npm start.`)
    return `version ${health.version} answers on port ${config.port}; ${health.links} agents are linked.`
  })
}
