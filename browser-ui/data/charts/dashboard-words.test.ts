import { expect, it } from 'vitest'
import type { FeedNode, MetricsStatus } from '../metrics/metrics-feed.ts'
import { dashboardBanner } from './dashboard-words.ts'

const node = (hostname: string, state: FeedNode['state'], trouble?: string): FeedNode => ({ nodeId: hostname, hostname, state, trouble })
const status = (...nodes: FeedNode[]): MetricsStatus => ({ link: 'open', nodes, contexts: undefined })

it('[CX17] a page of several nodes says how many send nothing, and names the first of them', () => {
  expect(dashboardBanner(status(node('a', 'live'), node('b', 'live')), false)).toBeUndefined()
  expect(dashboardBanner(status(node('a', 'live'), node('b', 'offline')), false)).toEqual({
    tone: 'info',
    title: '1 of 2 nodes sends no live values.',
    text: 'b. Charts show the others.',
  })
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => node(name, 'offline'))
  expect(dashboardBanner(status(...many), false)).toMatchObject({
    tone: 'warning',
    title: '5 of 5 nodes send no live values.',
    text: 'a, b, c and 2 more. What was drawn stays on screen; the charts go on by themselves.',
  })
})

it('[CX17] a page of one node says what is wrong with it, and a lost connection comes first', () => {
  expect(dashboardBanner(status(node('a', 'live', 'AGENT_TIMEOUT')), false)?.title).toBe('The agent answers slowly.')
  expect(dashboardBanner({ ...status(node('a', 'offline')), link: 'waiting' }, true)?.title).toBe('The connection to the cloud is lost.')
})
