import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMailer } from '../../cloud/identity/mailer.ts'
import { createBreachNotices, noticeKeptMs } from '../../cloud/privacy/breach/breach-notice.ts'
import { readNoticeTemplate } from '../../cloud/privacy/breach/notice-template.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { openInstallation } from '../../src/compose.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { startMailbox, type Mailbox } from '../doubles/servers/mailbox.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

const source = 'Subject: Notice for {name}\n\nDear {name} ({address}),\non {date} something was taken.\n'
const people = (count: number) => Array.from({ length: count }, (_, n) => ({ address: `p${n}@example.com`, name: `Person ${n}` }))

function mailerTo({ smtpUrl }: Mailbox) {
  const mailer = createMailer({ smtpUrl, from: 'throughline@example.com', log: silentLog })
  onTestFinished(() => mailer.close())
  return mailer
}

describe.each(contractStoreNames)('a breach notice on %s', (name) => {
  it('[BR1] each person gets one mail that names nobody else, and a run begun anew sends nothing twice', { timeout: 60_000 }, async () => {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const box = await startMailbox()
    const notices = createBreachNotices({ store, mailer: mailerTo(box), clock })
    const template = readNoticeTemplate(source)
    const all = people(7)
    const stop = new AbortController()
    const first = await notices.send(template, all, { stop: stop.signal, onProgress: ({ sent }) => void (sent === 3 && stop.abort()) })
    expect(first).toEqual({ people: 7, sent: 3, before: 0, refused: 0, unclear: 0, left: 4 })
    const again = await Promise.all([notices.send(template, all), notices.send(template, all)])
    expect(again.reduce((sum, { sent }) => sum + sent, 0)).toBe(4)
    expect(await notices.send(template, all)).toEqual({ people: 7, sent: 0, before: 7, refused: 0, unclear: 0, left: 0 })
    expect(box.mails.map(({ to }) => to).sort()).toEqual(all.map(({ address }) => address))
    for (const [at, { to, subject, text }] of box.mails.entries()) {
      const n = /\d/.exec(to)?.[0] ?? ''
      expect([subject, text.trim().split('\n')[0]]).toEqual([`Notice for Person ${n}`, `Dear Person ${n} (${to}),`])
      const others = all.filter(({ address }) => address !== to)
      for (const { address } of others) expect(box.raw[at]?.toString()).not.toContain(address)
    }
    // Another text is another notice; and after 90 days nothing is known of who got which.
    expect((await notices.send(readNoticeTemplate(`${source}More.`), all.slice(0, 1))).sent).toBe(1)
    const stored = JSON.stringify((await store.everything()).items)
    expect(stored).not.toContain('example.com')
    clock.advance(noticeKeptMs)
    await store.purgeExpired()
    expect((await store.everything()).items.filter(({ isDeleted }) => !isDeleted)).toEqual([])
  })

  it(
    '[BR2] a crash at any write sends nobody a second mail, and who may have got it is told as unclear',
    { timeout: 120_000 },
    async () => {
      const clock = createHandClock()
      const store = createFailingStore((await contractStore(name, clock))())
      const box = await startMailbox()
      const notices = createBreachNotices({ store, mailer: mailerTo(box), clock })
      const all = people(2)
      for (let nth = 1; nth <= 4; nth++)
        for (const when of ['before', 'after'] as const) {
          const template = readNoticeTemplate(`${source}${nth} ${when}`)
          const had = box.mails.length
          store.failAt(nth, when)
          await expect(notices.send(template, all)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
          store.heal()
          const counts = await notices.send(template, all)
          const got = box.mails.slice(had).map(({ to }) => to)
          expect(new Set(got).size, `${nth} ${when}`).toBe(got.length)
          expect(counts.left).toBe(0)
          expect(counts.before + counts.sent + counts.unclear).toBe(2)
          // Nobody without the mail is counted as told.
          expect(counts.before + counts.sent).toBeLessThanOrEqual(got.length)
          const asked = await notices.send(template, all, { isUnclearAgain: true })
          expect(asked.sent).toBe(counts.unclear)
          expect(new Set(box.mails.slice(had).map(({ to }) => to)).size).toBe(2)
        }
    },
  )
})

it('[BR3] what the mail server refuses for good is not tried again, and while it is away the run ends and the next goes on', async () => {
  const clock = createHandClock()
  const store = (await contractStore('SQLite', clock))()
  const answers = new Map<string, { is: 'taken' | 'later' | 'refused'; isUnclear?: boolean }>([
    ['p0@example.com', { is: 'refused' }],
    ['p1@example.com', { is: 'later', isUnclear: true }],
  ])
  const tried: string[] = []
  const mailer = {
    deliver: async ({ to }: { to: string }) => {
      tried.push(to)
      return answers.get(to) ?? { is: 'taken' as const }
    },
  }
  const notices = createBreachNotices({ store, mailer, clock })
  const template = readNoticeTemplate(source)
  expect(await notices.send(template, people(3))).toMatchObject({ sent: 1, refused: 1, unclear: 1, left: 0 })
  expect(await notices.send(template, people(3))).toMatchObject({ sent: 0, before: 1, refused: 1, unclear: 1 })
  expect(tried).toHaveLength(3)
  const away = createBreachNotices({
    store,
    mailer: createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from: 'a@b.org', log: silentLog }),
    clock,
  })
  const other = readNoticeTemplate(`${source}away`)
  expect(await away.send(other, people(9))).toMatchObject({ sent: 0, unclear: 0, left: 9 })
  expect((await notices.send(other, people(9).slice(2))).sent).toBe(7)
})

it('[BR4] a template with an unknown placeholder or without a subject is refused, and a name is never read as one', () => {
  for (const [text, word] of [
    ['Subject: x\n\nDear {nmae}', '{nmae}'],
    ['Subject: {}\n\nx', '{}'],
    ['Dear {name}', 'Subject'],
    ['Subject: \n\nx', 'Subject'],
    ['Subject: x\n\n \n', 'Subject'],
    [`Subject: x\n\n${'x'.repeat(64_001)}`, '64000'],
  ] as const)
    expect(() => readNoticeTemplate(text)).toThrow(word)
  const template = readNoticeTemplate('Subject: {name}\r\n\r\nDear {name} {address}')
  const hostile = template.filledFor({ name: '{address}\r\nBcc: all@example.com <b>', address: 'a@example.com', date: '' })
  expect(hostile).toEqual({
    subject: '{address} Bcc: all@example.com <b>',
    text: 'Dear {address} Bcc: all@example.com <b> a@example.com',
    html: '<pre>Dear {address} Bcc: all@example.com &lt;b&gt; a@example.com</pre>\n',
  })
})

it(
  '[BR5] the command shows how many and one sample first, sends only when confirmed, and audits it with counts',
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder()
    const box = await startMailbox()
    const env = {
      THROUGHLINE_DATA: join(folder, 'data'),
      THROUGHLINE_PORT: '1',
      THROUGHLINE_SMTP_URL: box.smtpUrl,
      THROUGHLINE_BACKUPS: 'off',
    }
    const file = join(folder, 'notice.txt')
    writeFileSync(file, source)
    const run = async (...words: string[]) => {
      const [out, err]: [string[], string[]] = [[], []]
      const status = await runCommand(['breach-notice', ...words], {
        env,
        config: () => readConfig(env),
        print: (line) => out.push(line),
        tell: (line) => err.push(line),
        stop: new AbortController().signal,
        clock: systemClock,
      })
      return { status, out: out.join('\n'), err: err.join('\n') }
    }
    const dry = await run('--template', file, '--all', '--dry-run')
    expect([dry.status, dry.out]).toEqual([0, expect.stringContaining('It is for 1 person.\n\nTo: owner@localhost')])
    for (const words of [
      ['--template', file, '--all'],
      ['--template', file, '--confirm'],
      ['--template', file, '--all', '--email', 'a@example.com', '--confirm'],
      ['--template', file, '--all', '--confirm', '--dry-run'],
      ['--template', join(folder, 'none'), '--all', '--confirm'],
      ['--all', '--confirm'],
    ])
      expect([words, (await run(...words)).status]).toEqual([words, 2])
    expect((await run('--template', file, '--space', 'none', '--confirm')).status).toBe(1)
    expect((await run('--template', file, '--email', 'a@@example', '--confirm')).status).toBe(1)
    expect(box.mails).toEqual([])
    const sent = await run('--template', file, '--email', 'ada@example.com, ben@example.com ada@example.com', '--confirm')
    expect([sent.status, sent.out]).toEqual([0, '2 of 2 mails were sent now, 0 before.'])
    expect((await run('--template', file, '--email', 'ben@example.com', '--confirm')).out).toBe('0 of 1 mails were sent now, 1 before.')
    expect(box.mails.map(({ to }) => to)).toEqual(['ada@example.com', 'ben@example.com'])
    writeFileSync(file, source.replace('Dear', 'Of {space}: dear'))
    expect((await run('--template', file, '--all', '--confirm')).err).toContain('--space')

    const installation = await openInstallation(readConfig(env), { clock: systemClock })
    onTestFinished(() => installation.close())
    const entries = []
    for await (const entry of installation.audit.forwards('installation', {})) entries.push(entry)
    const told = entries.filter(({ action }) => action === 'breach-notified').map(({ details }) => details)
    expect(told).toEqual([
      { scope: 'list', people: 2, step: 'begun' },
      { scope: 'list', people: 2, step: 'ended', count: 2, outcome: 'all-told' },
      { scope: 'list', people: 1, step: 'begun' },
      { scope: 'list', people: 1, step: 'ended', count: 0, outcome: 'all-told' },
    ])
    expect(JSON.stringify(entries)).not.toContain('example.com')
  },
)
