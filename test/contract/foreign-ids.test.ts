import { expect, it } from 'vitest'
import { addressesOf } from '../../cloud/api/route.ts'
import { boardWith } from '../doubles/benches/board-documents.ts'
import { alertDocument } from '../doubles/agents/dyncfg-agent.ts'
import { claimAgent, newUuid } from '../doubles/agents/metadata-agents.ts'
import { alertNews } from '../doubles/benches/notify-bench.ts'
import type { Answer } from '../doubles/people/read-answer.ts'
import { createSoftPushBrowser } from '../doubles/people/soft-push-browser.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

const rule = { action: 'INCLUDE', description: '', clauses: [{ label: 'role', operator: 'equals', value: 'web', negate: false }] }
const channel = { name: 'Slack', notification_options: ['CRITICAL'], rooms: null, secrets: { url: 'https://hooks.slack.example/x' } }

/** Bodies with which a request gets as far as looking the id up; every other row takes none. */
const bodies: Readonly<Record<string, unknown>> = {
  [`PATCH ${ownApi}/members/:memberId`]: { role: 'observer' },
  [`PATCH ${ownApi}/rooms/:roomId`]: { name: 'Taken over' },
  [`PUT ${ownApi}/rooms/:roomId/members`]: { add: [], remove: [] },
  [`PUT ${ownApi}/rooms/:roomId/nodes`]: { add: [], remove: [] },
  [`PUT ${ownApi}/rooms/:roomId/rules`]: { rules: [] },
  [`POST ${ownApi}/rooms/:roomId/rules/preview`]: { rules: [] },
  [`POST ${ownApi}/rooms/:roomId/boards`]: { document: boardWith([]) },
  [`PUT ${ownApi}/boards/:boardId`]: { revision: 1, document: boardWith([], 'Taken over') },
  [`PATCH ${ownApi}/channels/:channelId`]: { name: 'Taken over' },
  [`POST ${ownApi}/channels/:channelId/test`]: { kind: 'alert' },
  [`PATCH ${ownApi}/push/:pushId`]: { name: 'Taken over' },
  [`POST ${ownApi}/me/exports/:exportId/file`]: { token: 'taken-over' },
  [`PATCH ${ownApi}/me/passkeys/:passkeyId`]: { name: 'Taken over' },
  [`PUT ${ownApi}/alert-documents/:documentId`]: { document: alertDocument('taken_over'), version: 1 },
  [`POST ${ownApi}/alert-documents/:documentId/apply`]: { nodeIds: [newUuid()] },
  [`POST ${ownApi}/alert-documents/:documentId/restore`]: { nodeIds: [newUuid()] },
  [`PUT ${ownApi}/silences/:silenceId`]: { name: 'Taken over', startsAtMs: 0 },
  'PUT /api/v2/spaces/:spaceId/notifications/silencing/rule/:silenceId': { name: 'Taken over' },
  'PATCH /api/v1/spaces/:spaceId/rooms/:roomId': { name: 'Taken over' },
  'PATCH /api/v2/spaces/:spaceId/members/:memberId': { role: 'observer' },
  'POST /api/v2/spaces/:spaceId/rooms/:roomId/members': [],
  'POST /api/v1/spaces/:spaceId/rooms/:roomId/claimed-nodes': [],
  'POST /api/v3/spaces/:spaceId/rooms/:roomId/node-membership-rules': rule,
  'PUT /api/v3/spaces/:spaceId/rooms/:roomId/node-membership-rules/:ruleId': rule,
  'PATCH /api/v2/spaces/:spaceId/channel/:channelId': { enabled: false },
  'PUT /api/v2/spaces/:spaceId/channel/:channelId': { ...channel, integrationID: '' },
  'POST /api/v2/spaces/:spaceId/rooms/:roomId/alert_config': { config: newUuid() },
}
const queries: Readonly<Record<string, string>> = {
  'DELETE /api/v2/spaces/:spaceId/rooms/:roomId/members': '?member_ids=',
  'DELETE /api/v1/spaces/:spaceId/rooms/:roomId/claimed-nodes': '?node_ids=',
}
/** Parameters of which nobody else has one here: words, or things of the operator. */
const withoutForeign = new Set([
  'providerId',
  'domain',
  'identityId',
  'passkeyId',
  'banId',
  'requestId',
  'personId',
  'letterId',
  'version',
  'kind',
])

/** A space of somebody else, with one of everything that an address can name. */
async function start() {
  const bench = await startTenancy()
  const own = async (personId: Parameters<typeof bench.bearerOf>[0], spaceId: string) => {
    const [bearer, cookie] = [await bench.bearerOf(personId), await bench.cookieOf(personId)]
    const post = async (path: string, body: unknown) =>
      (await bench.call('POST', path, { bearer, body })).json as { id: string; memberID: string }
    const base = `/api/v1/spaces/${spaceId}`
    const { id: roomId } = await post(`${base}/rooms`, { name: 'Room' })
    const { id: ruleId } = await post(`/api/v3/spaces/${spaceId}/rooms/${roomId}/node-membership-rules`, rule)
    const { memberID: memberId } = await post(`/api/v2/spaces/${spaceId}/members`, {
      email: `invited-${spaceId.slice(0, 4)}@example.com`,
      role: 'observer',
    })
    const { integrations } = (await bench.call('GET', `/api/v2/spaces/${spaceId}/integrations`, { bearer })).json as {
      integrations: { id: string; slug: string }[]
    }
    const slack = integrations.find(({ slug }) => slug === 'slack')?.id
    const { id: channelId } = await post(`/api/v2/spaces/${spaceId}/channel`, { ...channel, integrationID: slack })
    const { nodeId } = await claimAgent(bench.metadata, spaceId as typeof bench.spaceId)
    const mine = `${ownApi}/spaces/${spaceId}`
    const asOwn = async (method: string, path: string, body?: unknown) =>
      (await bench.call(method, path, { cookie, ...(body === undefined ? {} : { body }) })).json as Record<string, unknown>
    const { boardId } = await asOwn('POST', `${mine}/rooms/${roomId}/boards`, { document: boardWith([]) })
    const { tokenId: claimTokenId } = await asOwn('POST', `${mine}/claim-tokens`, {})
    const { silenceId } = await asOwn('POST', `${mine}/silences`, { name: 'Quiet', startsAtMs: 0 })
    const { silenceId: deletedId } = await asOwn('POST', `${mine}/silences`, { name: 'Gone', startsAtMs: 0 })
    await asOwn('DELETE', `${mine}/silences/${String(deletedId)}`)
    const orderId = newUuid()
    const asked = { spaceId, kind: 'silence', due: 40, of: 41, askedAtMs: 1, untilMs: 1 }
    await bench.store.write({ partition: 'purge-orders', sort: `order/${orderId}`, kind: 'purge-order', data: asked }, 'absent')
    // A space keeps one document a name, so theirs have another name and another id.
    const name = `load_${spaceId.slice(0, 8)}`
    const { documentId } = await asOwn('POST', `${mine}/alert-documents`, { document: alertDocument(name) })
    const { runId } = await asOwn('POST', `${mine}/alert-documents/${String(documentId)}/check`, {})
    // A message of theirs, refused by its receiver, so that somebody may retry or drop it.
    await bench.notify.take(alertNews('critical', 'clear', { spaceId: spaceId as typeof bench.spaceId, nodeId }))
    bench.clock.advance(2_000)
    await bench.notify.idle()
    const { messages } = (await asOwn('GET', `${mine}/messages`)) as { messages: { messageId: string }[] }
    const { pushId } = await asOwn('POST', `${mine}/push`, {
      ...createSoftPushBrowser(`https://push.example/${personId}`).subscription,
      name: 'Laptop',
      options: ['CRITICAL'],
    })
    const { exportId } = await asOwn('POST', `${ownApi}/me/exports`, { format: 'json', scope: 'me' })
    const { tokens } = (await asOwn('GET', `${ownApi}/api-tokens`)) as { tokens: { tokenId: string }[] }
    const { signIns } = (await asOwn('GET', `${ownApi}/sign-ins`)) as { signIns: { signInId: string }[] }
    return {
      cookie,
      bearer,
      ids: {
        spaceId,
        roomId,
        ruleId,
        memberId,
        channelId,
        nodeId,
        boardId: String(boardId),
        silenceId: String(silenceId),
        kind: 'silence',
        deletedId: String(deletedId),
        orderId,
        name,
        documentId: String(documentId),
        runId: String(runId),
        messageId: messages[0]?.messageId ?? '',
        pushId: String(pushId),
        exportId: String(exportId),
        claimTokenId: String(claimTokenId),
        apiTokenId: tokens[0]?.tokenId ?? '',
        signInId: signIns[0]?.signInId ?? '',
      } as Readonly<Record<string, string>>,
    }
  }
  const stranger = await bench.identity.people.ensure('stranger@example.com')
  const theirs = await bench.metadata.spaces.create({ name: 'Theirs', description: '', adminPersonId: stranger.personId })
  // An invitation that is somebody else's, into a space that the caller is no member of.
  const other = await bench.identity.people.ensure('other@example.com')
  const invited = await bench.metadata.roster.invite(theirs.spaceId, {
    personId: other.personId,
    role: 'observer',
    byPersonId: stranger.personId,
  })
  const foreign = await own(stranger.personId, theirs.spaceId)
  const mine = await own(bench.owner.personId, bench.spaceId)
  const invitationId = invited.invitation?.invitationId ?? ''
  const ids: Readonly<Record<string, string>> = { ...foreign.ids, invitationId }
  return { bench, theirs: theirs.spaceId, foreign: { ...foreign, ids }, mine }
}

it('[CT13] an id of somebody else answers byte for byte like one that nobody has, on every route that takes one, and changes nothing of theirs', async () => {
  const { bench, theirs, foreign, mine } = await start()
  const kept = async () =>
    JSON.stringify(
      await Promise.all([
        bench.metadata.spaces.get(theirs),
        bench.metadata.roster.list(theirs),
        bench.metadata.rooms.list(theirs),
        bench.metadata.nodes.list(theirs),
        bench.metadata.claimTokens.list(theirs),
        bench.metadata.channels.list(theirs),
        bench.metadata.silences.list(theirs),
        bench.metadata.deleted.list(theirs),
        bench.metadata.purge.orders(),
        bench.configuring.configure.list(theirs),
        bench.call('GET', `${ownApi}/spaces/${theirs}/messages`, { cookie: foreign.cookie }).then(({ text }) => text),
        bench.call('GET', `${ownApi}/spaces/${theirs}/push`, { cookie: foreign.cookie }).then(({ text }) => text),
        bench.call('GET', `${ownApi}/api-tokens`, { cookie: foreign.cookie }).then(({ text }) => text),
        bench.call('GET', `${ownApi}/rooms/${foreign.ids['roomId']}/boards`, { cookie: foreign.cookie }).then(({ text }) => text),
        bench.call('GET', `${ownApi}/sign-ins`, { cookie: foreign.cookie }).then(({ status }) => status),
      ]),
    )
  const before = await kept()
  const shape = ({ status, text, headers }: Answer, id: string) => ({
    status,
    text: text.replaceAll(id, '{id}'),
    headers: Object.entries(headers)
      .filter(([name]) => name !== 'date')
      .map(([name, value]) => [name, String(value)]),
  })
  const wrong: string[] = []
  let compared = 0
  for (const row of bench.routeRows.filter(({ access }) => access !== 'public')) {
    for (const address of addressesOf(row)) {
      const names = [...address.matchAll(/(?<=\/):(\w+)/g)].map(([, name = '']) => name)
      // Behind a foreign space everything is foreign: the other parameters are theirs, too.
      for (const name of names.filter((each) => !withoutForeign.has(each))) {
        const isApiToken = address.includes('/api-tokens/')
        const key = name === 'tokenId' ? (isApiToken ? 'apiTokenId' : 'claimTokenId') : name
        const foreignId = foreign.ids[key]
        if (foreignId === undefined || foreignId === '') throw new Error(`there is no foreign ${name} for ${row.method} ${address}`)
        const others = name === 'spaceId' ? foreign.ids : mine.ids
        const known = `${row.method} ${row.path}`
        const body = bodies[known] ?? (row.body === undefined || row.body.safeParse({}).success ? {} : undefined)
        if (body === undefined && row.method !== 'GET' && names.some((each) => each !== 'spaceId'))
          throw new Error(`${known} needs a body in this test`)
        const ask = async (id: string) => {
          bench.clock.advance(20)
          const path = address
            .replaceAll(/(?<=\/):(\w+)/g, (_whole, each: string) => (each === name ? id : (others[each] ?? newUuid())))
            .replaceAll('\\:', ':')
          const answer = await bench.call(row.method, `${path}${queries[known] ?? ''}`, {
            cookie: mine.cookie,
            ...(row.method === 'GET' ? {} : { body: body ?? {} }),
          })
          return shape(answer, id)
        }
        const [theirsAnswer, absentAnswer] = [await ask(foreignId), await ask(newUuid())]
        compared += 1
        if (JSON.stringify(theirsAnswer) !== JSON.stringify(absentAnswer))
          wrong.push(`${row.method} ${address} by ${name}: ${JSON.stringify(theirsAnswer)} is not ${JSON.stringify(absentAnswer)}`)
        const isGoneAlready = row.style === 'compatible' && row.method === 'DELETE'
        const isRefusedAlike = address.includes('/invitations/') && theirsAnswer.text.includes('INVITATION_REFUSED')
        if (theirsAnswer.status !== 404 && !isGoneAlready && !isRefusedAlike)
          wrong.push(`${row.method} ${address} by ${name}: ${theirsAnswer.status} ${theirsAnswer.text}`)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(compared).toBeGreaterThan(120)
  expect(await kept()).toBe(before)
})
