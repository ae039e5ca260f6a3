import { existsSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { startDynalite } from '../doubles/servers/dynalite-server.ts'
import { freePort } from '../doubles/servers/free-port.ts'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

/** One HTTPS request to an installation, trusting its CA. */
function ask(cloud: Installation, path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, cloud.url), { ca: cloud.caPem, headers }, (answer) => {
      let body = ''
      answer.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const oneSentence = /^[^\n]+[.;][^\n]*\n?$/

describe('words', () => {
  it.each([[['sing-in-link']], [['nodes', '--jsn']], [['token', 'destroy']]])(
    '[CLI1] %j ends with status 2 and one sentence',
    async (args) => {
      const { status, out, err } = await runThroughline(args, { THROUGHLINE_DATA: join(temporaryFolder(), 'data') })
      expect({ status, out, sentence: oneSentence.test(err) }).toEqual({ status: 2, out: '', sentence: true })
    },
  )

  it('[CLI2] every command answers --help', async () => {
    const answers = await Promise.all(
      Object.keys(commands).map(async (name) => ({ name, ...(await runThroughline([name, '--help'], {})) })),
    )
    expect(
      answers.filter(
        ({ status, out, name }) =>
          status !== 0 || !out.startsWith(`npx throughline ${name}`) || !out.includes(commands[name]?.summary ?? '?'),
      ),
    ).toEqual([])
  })

  it('[CLI10] --check-config prints the settings without secrets', async () => {
    const { status, out } = await runThroughline(['--check-config'], {
      THROUGHLINE_PORT: '9443',
      THROUGHLINE_SMTP_URL: 'smtp://user:hunter2@127.0.0.1:25',
    })
    expect({ status, hasPort: out.includes('THROUGHLINE_PORT=9443'), leaks: out.includes('hunter2') }).toEqual({
      status: 0,
      hasPort: true,
      leaks: false,
    })
  })

  it('[CLI10] [CLI3] --check-config tells every problem at once', async () => {
    const { status, err } = await runThroughline(['--check-config'], { THROUGHLINE_PORT: 'x', THROUGHLINE_STORE: 'y' })
    expect({
      status,
      lines: err
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0]),
    }).toEqual({ status: 1, lines: ['THROUGHLINE_PORT', 'THROUGHLINE_STORE'] })
  })
})

describe('rehearsal', () => {
  it('[CLI11] claim --dry-run prints every message, and leaves neither a file nor a connection behind', async () => {
    const folder = join(temporaryFolder(), 'data')
    // Nothing listens on this port: a command that tried to send would fail.
    const env = { THROUGHLINE_DATA: folder, THROUGHLINE_PORT: String(await freePort()) }
    const { status, out } = await runThroughline(['claim', '--dry-run'], env)
    const titles = [...out.matchAll(/^=== (.+) ===$/gm)].map(([, title]) => title)
    expect({ status, exists: existsSync(folder) }).toEqual({ status: 0, exists: false })
    expect(titles).toEqual(
      expect.arrayContaining([
        'claim request',
        'password request',
        'nodeinstance.v1.UpdateNodeInfo',
        'context.v1.ContextsSnapshot',
        'answer to GET /api/v1/info',
      ]),
    )
  })
})

describe('a running cloud', () => {
  it('[CLI4] [CLI5] [CLI6] [CLI7] [CLI8] the commands speak to it', { timeout: 120_000 }, async () => {
    const cloud = await startInstallation()
    const run = (...args: string[]) => runThroughline(args, cloud.env)

    const [nodes, token, claimToken, link, doctor] = await Promise.all([
      run('nodes', '--json'),
      run('token', 'create', '--scope', 'all'),
      run('claim-token'),
      run('sign-in-link'),
      run('doctor', '--json'),
    ])

    expect({ status: nodes.status, nodes: JSON.parse(nodes.out) as unknown }).toEqual({ status: 0, nodes: { nodes: [] } })
    expect(await ask(cloud, '/api/throughline/v1/nodes', { authorization: `Bearer ${token.out.trim()}` })).toMatchObject({ status: 200 })
    expect(await ask(cloud, '/api/throughline/v1/nodes', { authorization: 'Bearer x' })).toMatchObject({ status: 401 })
    const claimTokenText = /^Token: (\S{135})$/m.exec(claimToken.out)?.[1] ?? ''
    expect(claimToken.out.split(claimTokenText).length).toBeGreaterThan(4)
    expect(claimToken.out).toContain(join(cloud.dataFolder, 'tls', 'ca.pem'))
    expect(link.out.trim()).toMatch(new RegExp(`^${cloud.url}/sign-in#\\S{20,}$`))
    const { findings } = JSON.parse(doctor.out) as { findings: { check: string; isGood: boolean }[] }
    expect({ status: doctor.status, findings: findings.map(({ check, isGood }) => `${check} ${isGood}`) }).toEqual({
      status: 0,
      findings: ['data folder true', 'keys folder true', 'certificate true', 'store true', 'backups true', 'cloud true'],
    })
  })

  it(
    '[TK13] [TK14] tokens of the command line have names and scopes, and stand in the lists of the running cloud',
    { timeout: 120_000 },
    async () => {
      const cloud = await startInstallation()
      const run = (...args: string[]) => runThroughline(args, cloud.env)
      const all = await run('token', 'create', '--scope', 'scope:all')
      const only = await run('token', 'create', '--scope', 'read-only', '--name', 'Wall screen', '--json')
      const claim = await run('claim-token', '--name', 'Rack 4', '--json')
      const wrong = await run('token', 'create', '--scope', 'root')
      expect([all.status, only.status, claim.status, wrong.status]).toEqual([0, 0, 0, 2])
      expect(JSON.parse(only.out)).toMatchObject({ name: 'Wall screen', scope: 'scope:read-only' })
      const authorization = `Bearer ${all.out.trim()}`
      const tokens = async () => JSON.parse((await ask(cloud, '/api/throughline/v1/claim-tokens', { authorization })).body) as unknown
      expect(await tokens()).toMatchObject({ tokens: [{ name: 'Rack 4', origin: 'hand', createdBy: null, uses: 100, state: 'active' }] })
      const reader = `Bearer ${(JSON.parse(only.out) as { token: string }).token}`
      expect(await ask(cloud, '/api/throughline/v1/nodes', { authorization: reader })).toMatchObject({ status: 200 })
      expect(await ask(cloud, '/api/throughline/v1/claim-tokens', { authorization: reader })).toMatchObject({ status: 403 })
    },
  )
})

describe('no running cloud', () => {
  it('[CLI4] nodes says that states are unknown', async () => {
    const { status, out, err } = await runThroughline(['nodes', '--json'], {
      THROUGHLINE_DATA: join(temporaryFolder(), 'data'),
      THROUGHLINE_PORT: String(await freePort()),
    })
    expect({ status, out: JSON.parse(out) as unknown }).toEqual({ status: 0, out: { nodes: [] } })
    expect(err).toContain('not running')
  })

  it('[CLI8] doctor says what to mend and fails', async () => {
    const { status, out } = await runThroughline(['doctor'], {
      THROUGHLINE_DATA: join(temporaryFolder(), 'data'),
      THROUGHLINE_PORT: String(await freePort()),
    })
    expect({ status, mends: out.split('\n').filter((line) => line.startsWith('MEND')).length }).toEqual({ status: 1, mends: 1 })
  })
})

describe('DynamoDB', () => {
  it('[CLI9] [RUN7] migrate makes the table, repeating it is harmless, and up starts on it', { timeout: 120_000 }, async () => {
    const dynalite = await startDynalite()
    try {
      const env = {
        THROUGHLINE_STORE: 'dynamodb',
        THROUGHLINE_DYNAMODB_ENDPOINT: dynalite.endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      }
      const first = await runThroughline(['migrate'], env)
      const second = await runThroughline(['migrate'], env)
      expect([first.status, second.status]).toEqual([0, 0])
      const cloud = await startInstallation(env)
      expect(JSON.parse((await ask(cloud, '/api/throughline/v1/health')).body)).toMatchObject({ status: 'ok' })
      expect((await cloud.end('SIGTERM')).status).toBe(0)
    } finally {
      await dynalite.stop()
    }
  })
})
