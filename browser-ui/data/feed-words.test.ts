import { expect, it } from 'vitest'
import { bannerFor } from './feed-words.ts'

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
