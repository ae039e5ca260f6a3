import { expect, it } from 'vitest'
import { bannerFor, troubleOfStatus } from './feed-words.ts'

it('[UI22] says nothing while values flow or the page is only starting', () => {
  expect(bannerFor({ link: 'open', nodeState: 'live', trouble: undefined }, true)).toBeUndefined()
  expect(bannerFor({ link: 'connecting', nodeState: undefined, trouble: undefined }, false)).toBeUndefined()
})

it.each([
  [{ link: 'waiting', nodeState: 'offline', trouble: 'AGENT_UNREACHABLE' }, 'The connection to the cloud is lost.'],
  [{ link: 'connecting', nodeState: 'live', trouble: undefined }, 'The connection to the cloud is lost.'],
  [{ link: 'open', nodeState: 'offline', trouble: 'AGENT_UNREACHABLE' }, 'This node is offline.'],
  [{ link: 'open', nodeState: 'stale', trouble: undefined }, 'This node sends nothing new.'],
  [{ link: 'open', nodeState: 'unseen', trouble: undefined }, 'This node has not connected yet.'],
  [{ link: 'open', nodeState: 'live', trouble: 'AGENT_TIMEOUT' }, 'The agent answers slowly.'],
  [{ link: 'open', nodeState: 'live', trouble: 'SOMETHING_NEW' }, 'Live values have stopped.'],
] as const)('[UI22] names the most important reason of %j', (status, title) => {
  expect(bannerFor(status, true)?.title).toBe(title)
})

it.each([
  [451, 'This node shares no data.'],
  [403, 'The agent does not allow this for your role.'],
  [413, 'The answer is larger than the agent sends.'],
  [504, 'The agent did not finish in time.'],
  [503, 'The agent cannot answer this now.'],
] as const)('[UI110] shows status %i of an agent as what it is', (status, title) => {
  const banner = bannerFor({ link: 'open', nodeState: 'live', trouble: troubleOfStatus(status) }, true)
  expect(banner).toMatchObject({ tone: 'warning', title })
})
