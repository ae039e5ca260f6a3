import type { AskedCall } from '../metrics/metrics-feed.ts'

/** A text as one word of a POSIX shell, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const door = '/api/throughline/v1'

/** Where this cloud answers a call over HTTP, with the parameters the agent was asked with. */
export function doorUrl(origin: string, spaceId: string, call: AskedCall): string {
  const mark = call.target.indexOf('?')
  const query = mark === -1 ? '' : call.target.slice(mark)
  return `${origin}${door}/spaces/${encodeURIComponent(spaceId)}/nodes/${encodeURIComponent(call.nodeId)}/data${query}`
}

/** A complete command that asks this cloud the same. The token comes from the shell's environment and never stands in the text. */
export function curlOf(origin: string, spaceId: string, call: AskedCall): string {
  return `curl --fail-with-body --silent --show-error -H "Authorization: Bearer $TOKEN" ${shellQuoted(doorUrl(origin, spaceId, call))}`
}
