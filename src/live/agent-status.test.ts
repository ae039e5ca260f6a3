import { expect, it } from 'vitest'
import { agentStatusMeaning } from './agent-status.ts'

it.each([304, 400, 403, 404, 409, 412, 413, 451, 499, 501, 503, 504])(
  '[LV105] says in one sentence each what status %i means',
  (status) => {
    const meaning = agentStatusMeaning(status)
    expect([meaning?.title, meaning?.text]).toEqual([expect.stringMatching(/^[A-Z][^.]+\.$/), expect.stringMatching(/^[A-Z][^.]+\.$/)])
  },
)

it('[LV105] only what passes by itself may be asked again', () => {
  const statuses = [304, 400, 403, 404, 409, 412, 413, 451, 499, 501, 503, 504]
  expect(statuses.filter((status) => agentStatusMeaning(status)?.retry)).toEqual([304, 499, 503, 504])
})

it('[LV105] a success needs no words, an unknown refusal has its number', () => {
  expect([200, 202, 298, 299].map(agentStatusMeaning)).toEqual([undefined, undefined, undefined, undefined])
  expect(agentStatusMeaning(418)).toMatchObject({ title: 'The agent answered with status 418.', retry: false })
  expect(agentStatusMeaning(502)).toMatchObject({ retry: true })
})
