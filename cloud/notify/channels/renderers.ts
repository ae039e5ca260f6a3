import type { Fields, HttpRequest } from './http-request.ts'
import type { Letter } from './letter.ts'
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
  webhook: (letter, fields, { beside, nowMs }) => [renderWebhook(letter, fields, beside, nowMs)],
}

/** How an integration wants its messages; undefined for mail, which takes another road, and for what is not known. */
export function rendererOf(slug: string): Renderer | undefined {
  return Object.hasOwn(renderers, slug) ? renderers[slug] : undefined
}
