import type { Fields, HttpRequest } from './http-request.ts'
import type { Letter } from './letter.ts'
import { renderDiscord } from './discord.ts'
import { renderMattermost } from './mattermost.ts'
import { renderMicrosoftTeams } from './microsoft-teams.ts'
import { renderNtfy } from './ntfy.ts'
import { renderOpsgenie } from './opsgenie.ts'
import { renderPagerDuty } from './pagerduty.ts'
import { renderRocketChat } from './rocket-chat.ts'
import { renderSlack } from './slack.ts'
import { renderTelegram } from './telegram.ts'
import { renderWebhook, type RaisedBeside } from './webhook.ts'

/** Where services are whose address no channel names; the operator's settings, for proxies of their own. Without a slash at the end. */
export interface VendorAddresses {
  readonly telegram: string
  readonly opsgenie: string
  readonly opsgenieEu: string
}

export interface RenderHints {
  readonly vendors: VendorAddresses
  readonly beside: ReadonlyMap<string, RaisedBeside>
  readonly nowMs: number
}

/** Writes a letter in the form a service takes; pure. Most take one request, those that keep alerts one for each. */
export type Renderer = (letter: Letter, fields: Fields, hints: RenderHints) => readonly HttpRequest[]

const renderers: Readonly<Record<string, Renderer>> = {
  slack: renderSlack,
  discord: renderDiscord,
  pagerduty: renderPagerDuty,
  telegram: renderTelegram,
  microsoftteams: renderMicrosoftTeams,
  opsgenie: renderOpsgenie,
  mattermost: renderMattermost,
  rocketchat: renderRocketChat,
  ntfy: renderNtfy,
  webhook: (letter, fields, { beside, nowMs }) => [renderWebhook(letter, fields, beside, nowMs)],
}

/** How an integration wants its messages; undefined for mail, which takes another road, and for what is not known. */
export function rendererOf(slug: string): Renderer | undefined {
  return Object.hasOwn(renderers, slug) ? renderers[slug] : undefined
}
