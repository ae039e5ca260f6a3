import { expect, it } from 'vitest'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import type { LogFields } from '../../src/domain/storable.ts'
import type { SpaceId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { createInvitationMail } from './invitation-mail.ts'
import type { Mail } from './mailer.ts'

const publicUrl = 'https://cloud.example.com'

function bench() {
  const sent: Mail[] = []
  const mailer = { send: async (mail: Mail) => void sent.push(mail), close: () => {} }
  return { sent, mail: createInvitationMail({ mailer, publicUrl, log: silentLog }) }
}

const wish = { to: 'new@example.com', byEmail: 'owner@example.com', spaceId: newUuid<SpaceId>() }

it('[SP28] (U1) names who invites and the space in plain letters, and leads to our own page alone', async () => {
  const { sent, mail } = bench()
  mail.send({ ...wish, spaceName: 'Win at https://evil.example/x?y\r\nBcc: all@example.com "now" <b>' })
  await mail.settled()
  const [first] = sent
  expect(first).toMatchObject({ to: 'new@example.com' })
  expect(first?.text.split('\n')[0]).toBe(
    'owner@example.com invited you to the space "Win at https evil example x y Bcc all example com now b" of Throughline.',
  )
  expect(first?.text.match(/https?:\/\/\S+/g)).toEqual([`${publicUrl}/join`])
})

it('[SP28] sends three mails to an address in ten minutes', async () => {
  const { sent, mail } = bench()
  for (let n = 0; n < 9; n++) mail.send({ ...wish, spaceName: 'Lab', spaceId: newUuid<SpaceId>() })
  await mail.settled()
  expect(sent).toHaveLength(3)
})

it('[SP28] tells the operator without an address that somebody waits when there is no mail server', async () => {
  const lines: string[] = []
  const log = { ...silentLog, info: (event: string, fields?: LogFields) => void lines.push(`${event} ${JSON.stringify(fields)}`) }
  const mail = createInvitationMail({ mailer: undefined, publicUrl, log })
  mail.send({ ...wish, spaceName: 'Lab' })
  await mail.settled()
  expect(lines).toEqual([expect.stringContaining('invitation_waits')])
  expect(lines.join('')).not.toContain('example.com')
})
