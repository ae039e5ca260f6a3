import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface ListedNode {
  readonly hostname: string
  readonly state: string
}

it(
  '[BK10] [BK11] (D1) [BK15] a lost data folder comes back from the backup and the keys: node, people, rooms, tokens, and the agent without a new claim',
  { timeout: 180_000 },
  async () => {
    const root = temporaryFolder()
    const data = join(root, 'data')
    let cloud = await startInstallation({ THROUGHLINE_DATA: data, THROUGHLINE_ADMIN_EMAIL: 'planted.owner@example.com' })
    const { env } = cloud
    const run = (...args: string[]) => runThroughline(args, env)
    const call = await cloudCaller(() => cloud)
    const nodes = async () => ((await call('GET', '/nodes')) as { nodes: ListedNode[] }).nodes
    const isLive = () => waitUntil(async () => (await nodes()).find(({ state }) => state === 'live'))
    const [, token = ''] = /^Token: (\S{135})$/m.exec((await run('claim-token')).out) ?? []
    const claim = await claimSimulated(cloud, token, 'planted-host')
    const agent = await connectSimulated(cloud, claim)
    await isLive()
    await call('POST', '/rooms', { name: 'Planted room' })

    const taken = await run('backup')
    expect({ status: taken.status, out: taken.out }).toMatchObject({ status: 0, out: expect.stringMatching(/\d+ items/) as string })
    expect(await run('backups')).toMatchObject({ status: 0, out: expect.stringMatching(/  good\n$/) as string })
    const name = readdirSync(`${data}-backups`).find((file) => file.endsWith('.backup')) ?? ''
    const everyFile = readdirSync(`${data}-backups`).map((file) => readFileSync(join(`${data}-backups`, file)))
    for (const planted of ['planted', 'Planted', data]) expect(everyFile.filter((bytes) => bytes.includes(planted))).toEqual([])

    const drilled = await run('drill')
    expect({ status: drilled.status, out: drilled.out, err: drilled.err }).toMatchObject({
      status: 0,
      out: expect.stringMatching(/items opened with the keys: 1 people, 1 spaces, 1 nodes/) as string,
    })
    expect(drilled.out).toMatch(/items are as in the live data/)
    expect(drilled.out).toMatch(/Back after a loss: \d+ s\. Lost at most: the last \d+ (s|min)\./)
    const path = join(`${data}-backups`, name)
    const good = readFileSync(path)
    writeFileSync(
      path,
      good.map((byte, at) => (at === good.length >> 1 ? byte ^ 1 : byte)),
    )
    const broken = await run('drill')
    expect({ status: broken.status, err: broken.err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('cannot be used') as string,
    })
    expect(await run('backups')).toMatchObject({ status: 1, out: expect.stringContaining('UNUSABLE') as string })
    writeFileSync(path, good)
    expect(readdirSync(`${data}-backups`).filter((file) => file.startsWith('.drill'))).toEqual([])

    agent.close()
    await cloud.end('SIGTERM')
    const copy = join(root, 'copy')
    rmSync(data, { recursive: true })

    const refused = await run('restore', 'latest', '--into', root)
    expect({ status: refused.status, err: refused.err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('is not empty') as string,
    })
    const restored = await run('restore', 'latest', '--into', data)
    expect({ status: restored.status, out: restored.out, err: restored.err }).toMatchObject({
      status: 0,
      out: expect.stringContaining(`${name} is restored`) as string,
    })
    expect(restored.out).toContain('Agents keep their claims')
    expect(existsSync(copy)).toBe(false)

    cloud = await startInstallation({ ...env, THROUGHLINE_DATA: data })
    expect((await nodes()).map(({ hostname }) => hostname)).toEqual(['planted-host'])
    const again = await connectSimulated(cloud, claim)
    await isLive()
    expect(JSON.stringify(await call('GET', '/rooms'))).toContain('Planted room')
    expect(JSON.stringify(await call('GET', '/me'))).toContain('planted.owner@example.com')
    again.close()
    const audit = await run('audit', 'verify')
    expect({ status: audit.status, out: audit.out }).toMatchObject({ status: 0, out: expect.not.stringContaining('BROKEN') as string })
    await cloud.end('SIGTERM')
  },
)
