/** One request that a renderer wants sent: a POST, unless it says otherwise. */
export interface HttpRequest {
  readonly method?: 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** What a channel was told, by the names of its fields (cloud/metadata/channels/integrations.ts). */
export type Fields = Readonly<Record<string, string | number>>

/** A field as text; empty when it is not there. */
export const fieldText = (fields: Fields, name: string) => String(fields[name] ?? '')

/** A request with a JSON body; the id of the message goes along for receivers that look at headers. */
export function jsonRequest(url: string, messageId: string, body: object, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return {
    url,
    headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'Throughline', 'Throughline-Delivery': messageId },
    body: JSON.stringify(body),
  }
}
