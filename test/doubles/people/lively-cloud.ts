import { join } from 'node:path'
import { claimSimulated } from '../agents/agent-simulator.ts'
import { boardWith, chartTile, textTile } from '../benches/board-documents.ts'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../installation.ts'
import { startNetdata } from '../agents/netdata-server.ts'
import { openBrowser, signIn } from './page.ts'
import { wanderingChanges } from '../agents/simulated/alert-history.ts'
import { simulatedAlert } from '../agents/simulated/alerts.ts'
import { connectLive } from '../agents/simulated/crowd.ts'
import { waitUntil } from '../wait-until.ts'
import { whenOver } from '../when-over.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A cloud with something on every page. */
export interface LivelyCloud {
  readonly cloud: Installation
  readonly boardId: string
  /** The node behind Debian's netdata, or this host without it. */
  readonly nodeId: string
  /** A room that nodes can be put into. */
  readonly roomId: string
  /** A fresh link to sign in with, as the operator prints it. */
  readonly signInLink: () => Promise<string>
}

export interface LivelyWishes {
  /** Simulated agents beside this host. */
  readonly agents: number
  /** Whether Debian's netdata runs behind agent-link, too. */
  readonly withNetdata: boolean
  /** More settings of the cloud. */
  readonly settings?: Readonly<Record<string, string>>
}

const names = ['web', 'db', 'cache', 'queue', 'edge']
const hostnameOf = (place: number) => `${names[place % names.length] ?? 'host'}-${1 + Math.floor(place / names.length)}`

const json = { 'content-type': 'application/json' }

/** Starts it: this host, a crowd with labels and alerts of which some have gone, one that never came, and a board. Ends with the test, or with the suite. */
export async function startLivelyCloud({ agents, withNetdata, settings = {} }: LivelyWishes): Promise<LivelyCloud> {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on', THROUGHLINE_OFFLINE_GRACE_S: '1', ...settings })
  const signInLink = async () => (await runThroughline(['sign-in-link'], cloud.env)).out.trim()
  const browser = await openBrowser()
  try {
    const { page } = browser
    await signIn(page, cloud.signInLink)
    const post = (path: string, body: unknown) =>
      page.evaluate(
        async ({ path, body, headers }) => {
          const answer = await fetch(`/api/throughline/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
          return (await answer.json()) as Record<string, string>
        },
        { path, body, headers: json },
      )
    const get = (path: string) => page.evaluate(async (path): Promise<unknown> => (await fetch(`/api/throughline/v1${path}`)).json(), path)

    const { token = '' } = await post('/claim-tokens', { uses: agents + 2 })
    await crowd(cloud, token, agents)
    if (withNetdata) await joinNetdata(cloud, token)

    const { rooms } = (await get('/rooms')) as { rooms: { roomId: string; isAllNodes: boolean }[] }
    const document = boardWith(
      [
        textTile('words', { w: 12, h: 2, text: '# Shop\n\nWhat to look at **first** when the shop is slow.' }),
        chartTile('cpu', { y: 2, w: 6, h: 6 }),
        chartTile('ram', { x: 6, y: 2, w: 6, h: 6, contextId: 'system.ram' }),
        chartTile('net', { y: 8, w: 12, h: 6, contextId: 'system.net' }),
      ],
      'Shop',
    )
    const { boardId = '' } = await post(`/rooms/${rooms.find(({ isAllNodes }) => isAllNodes)?.roomId ?? ''}/boards`, { document })
    const nodeId = await waitUntil(async () => {
      const { nodes } = (await get('/nodes')) as { nodes: { nodeId: string; hostname: string; state: string; agentVersion?: string }[] }
      const isOfCrowd = (name: string) => names.some((prefix) => name.startsWith(`${prefix}-`))
      const real = nodes.filter((node) => node.state === 'live' && node.agentVersion !== undefined && !isOfCrowd(node.hostname))
      return real.find(({ agentVersion }) => agentVersion?.startsWith('v1.') === withNetdata)?.nodeId
    })
    const { roomId = '' } = await post('/rooms', { name: 'Shop floor', description: 'Tills and scanners' })
    await post('/members', { email: 'ana@example.org', role: 'observer', roomIds: [roomId] })
    await post('/spaces', { name: 'Warehouse' })
    return { cloud, boardId, nodeId, roomId, signInLink }
  } finally {
    await browser.close()
  }
}

const alarmDefinitions = {
  cpu_usage: {
    class: 'Utilization',
    component: 'CPU',
    type: 'System',
    recipient: 'sysadmin',
    units: '%',
    summary: 'CPU utilization of the host',
    info: 'Average CPU utilization over the last 10 minutes, without iowait, nice and steal',
    warn: '$this &gt; (($status &gt;= $WARNING) ? (75) : (85))',
    crit: '$this &gt; (($status == $CRITICAL) ? (85) : (95))',
    lookup_after: -600,
    lookup_method: 'average',
    lookup_dimensions: 'user,system,softirq,irq,guest',
    update_every: 60,
    delay_down_duration: 900,
    delay_multiplier: 1.5,
    delay_max_duration: 3600,
    source: '12@/usr/lib/netdata/conf.d/health.d/cpu.conf',
  },
  ram_in_use: {
    class: 'Utilization',
    component: 'Memory',
    type: 'System',
    recipient: 'sysadmin',
    units: '%',
    summary: 'System memory utilization',
    calc: '$used * 100 / ($used + $cached + $free + $buffers)',
    warn: '$this &gt; (($status &gt;= $WARNING) ? (80) : (90))',
    update_every: 10,
  },
} as const

async function crowd(cloud: Installation, token: string, agents: number): Promise<void> {
  const nowS = Math.floor(Date.now() / 1_000)
  for (let place = 0; place < agents; place++) {
    const claim = await claimSimulated(cloud, token, hostnameOf(place))
    const alertedS = nowS - 60 * (place + 2)
    const cpu = { chart: 'system.cpu', name: 'cpu_usage', context: 'system.cpu' }
    const ram = { chart: 'system.ram', name: 'ram_in_use', context: 'system.ram' }
    const { agent } = await connectLive(cloud, claim, {
      labels: { env: place % 3 === 0 ? 'staging' : 'production', rack: `b${1 + (place % 4)}` },
      generation: place % 4 === 0 ? 'A' : place % 4 === 1 ? 'B' : 'C',
      alerts: [
        ...(place % 7 === 2
          ? [simulatedAlert({ ...cpu, whenS: alertedS, valueText: '97.3%', status: place % 2 === 0 ? 'critical' : 'warning' })]
          : []),
        ...(place % 5 === 0 ? [simulatedAlert({ ...ram, whenS: alertedS - 900, valueText: '91.8%', status: 'warning' })] : []),
      ],
      alarmDetails: alarmDefinitions,
      history: [
        ...wanderingChanges({ ...cpu, units: '%' }, 30, alertedS, 1_500),
        ...wanderingChanges({ ...ram, units: '%' }, 9, alertedS - 900, 4_000),
      ],
    })
    await agent.settled()
    if (place % 11 === 5) agent.close()
    else whenOver(() => agent.close())
  }
  await claimSimulated(cloud, token, 'warehouse-7')
}

/** Debian's netdata behind agent-link. */
async function joinNetdata(cloud: Installation, token: string): Promise<void> {
  const netdata = await startNetdata()
  whenOver(() => netdata.stop())
  const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
  const source = ['--source', 'netdata', '--netdata-url', netdata.url]
  await runThroughline(
    ['claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', join(cloud.dataFolder, 'tls', 'ca.pem'), ...source],
    env,
  )
  await startThroughline(['agent', ...source], env).says(/online/i)
}
