import type { Page } from 'playwright-core'
import type { LivelyCloud } from '../../doubles/people/lively-cloud.ts'
import type { Receiver } from '../../doubles/servers/receiver.ts'

const hourMs = 3_600_000

/** Puts something on those pages of a lively cloud that would be empty: what is told to whom, kept quiet, deleted and asked. */
export async function furnish(page: Page, { roomId, boardId }: LivelyCloud, receiver: Receiver): Promise<void> {
  const call = (method: string, path: string, body?: unknown) =>
    page.evaluate(
      async ({ method, path, body }) => {
        const answer = await fetch(`/api/throughline/v1${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        const text = await answer.text()
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
        return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      },
      { method, path, body },
    )
  const options = ['CRITICAL', 'WARNING', 'CLEAR']
  await call('POST', '/channels', { name: 'Night desk', slug: 'webhook', options, fields: { url: `${receiver.url}/night` } })
  await call('POST', '/channels', { name: 'Operators', slug: 'email', options, fields: { address: 'ops@example.org' } })

  const nowMs = Date.now()
  const weekly = {
    startsAtMs: nowMs + 48 * hourMs,
    endsAtMs: nowMs + 56 * hourMs,
    rrule: 'FREQ=WEEKLY;BYDAY=SA',
    timeZone: 'Europe/Berlin',
  }
  await call('POST', '/silences', { name: 'Disk repair', startsAtMs: nowMs, endsAtMs: nowMs + hourMs, alertNames: ['ram_*'] })
  await call('POST', '/silences', { name: 'Weekly backups', ...weekly, roomIds: [roomId], severities: ['WARNING'] })
  await call('POST', '/silences', { name: 'My nights off', startsAtMs: nowMs, endsAtMs: null, scope: 'own', isDisabled: true })

  await call('POST', '/api-tokens', { name: 'Terraform', scope: 'scope:all' })
  await call('POST', '/privacy-requests', { kind: 'objection', text: 'Please do not count which pages I open.' })
  const { roomId: oldRoomId } = await call('POST', '/rooms', { name: 'Old warehouse', description: '' })
  await call('DELETE', `/rooms/${String(oldRoomId)}`)
  const { document } = await call('GET', `/boards/${boardId}`)
  const { boardId: oldBoardId } = await call('POST', `/rooms/${roomId}/boards`, { document })
  await call('DELETE', `/boards/${String(oldBoardId)}`)
}
