import { afterAll, beforeAll, describe, it } from 'vitest'
import { runThroughline, startInstallation, type Installation } from '../doubles/installation.ts'
import { startLivelyCloud, type LivelyCloud } from '../doubles/people/lively-cloud.ts'
import { startMailbox, type Mailbox } from '../doubles/servers/mailbox.ts'
import { openBrowser, signIn } from '../doubles/people/page.ts'
import { failing, startReceiver } from '../doubles/servers/receiver.ts'
import { endSuite } from '../doubles/when-over.ts'
import { alertScenes } from './shots/alert-scenes.ts'
import { furnish } from './shots/furnish.ts'
import { passageScenes } from './shots/passage-scenes.ts'
import { personScenes } from './shots/person-scenes.ts'
import { roomScenes } from './shots/room-scenes.ts'
import { applaud, forms, listen, photographer, settled, trusting, type Form } from './shots/stage.ts'

/**
 * `npm run screenshots`: what a person sees on every page, at the width of a desk and of a phone, dark and light, to be looked at.
 * Files go to test/browser/out. One scene is a line of its own; `npm run screenshots -- -t 'phone silences'` takes only what fits.
 * A scene fails when something never came, the console complained, or the page scrolls sideways; its pictures are there all the same.
 */
const sceneMs = 600_000
const startMs = 600_000
const scenes = [...roomScenes, ...alertScenes, ...personScenes, ...passageScenes]

let lively: LivelyCloud
let mailbox: Mailbox
let empty: Installation

beforeAll(async () => {
  mailbox = await startMailbox()
  const receiver = await startReceiver()
  receiver.script(failing(404), failing(404), failing(404))
  const settings = {
    NODE_EXTRA_CA_CERTS: receiver.caFile,
    THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
    THROUGHLINE_SMTP_URL: mailbox.smtpUrl,
  }
  lively = await startLivelyCloud({ agents: 42, withNetdata: true, settings })
  empty = await startInstallation({
    THROUGHLINE_ANALYTICS_SCRIPT_URL: 'https://stats.example.org/s.js',
    THROUGHLINE_ANALYTICS_NAME: 'Stats',
    THROUGHLINE_ANALYTICS_PURPOSE: 'count which pages are used',
  })
  const browser = await openBrowser()
  await signIn(browser.page, await lively.signInLink())
  await furnish(browser.page, lively, receiver)
  await browser.close()
}, startMs)
afterAll(endSuite, startMs)

describe.each(Object.keys(forms) as Form[])('%s', (form) => {
  const opened = new Map<string, Promise<Awaited<ReturnType<typeof openBrowser>>>>()

  /** One browser for all scenes of a width and a cloud: cookies do not know ports. */
  const browserOf = (url: string, signInLink: () => Promise<string>) => {
    const open = async () => {
      const browser = await openBrowser({ ...forms[form], args: trusting })
      await signIn(browser.page, await signInLink())
      return browser
    }
    const ready = opened.get(url) ?? open()
    opened.set(url, ready)
    return ready
  }
  afterAll(async () => {
    for (const browser of opened.values()) await (await browser).close()
  })

  it.each(scenes.map((scene) => [scene.name, scene] as const))('%s', { timeout: sceneMs }, async (_, { play, isEmpty = false }) => {
    const { url, env } = isEmpty ? empty : lively.cloud
    const browser = await browserOf(url, async () => (await runThroughline(['sign-in-link'], env)).out.trim())
    const faults: string[] = []
    const page = await browser.context.newPage()
    listen(page, faults)
    const settle = async () => {
      if (!(await settled(page))) faults.push(`${page.url()} is still loading`)
    }
    const go = async (address: string) => {
      await page.goto('about:blank')
      await page.goto(address)
      await settle()
    }
    try {
      await play({
        page,
        context: browser.context,
        form,
        lively,
        mailbox,
        faults,
        settle,
        open: (path) => go(`${url}${path}`),
        shoot: photographer(page, form, faults),
      })
    } finally {
      await page.close()
    }
    applaud(faults)
  })
})
