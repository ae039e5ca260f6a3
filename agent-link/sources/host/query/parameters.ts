/** The parameters of a request: decoded first, split after, as agents do (agent-api §2.4); the first of a name counts, empty ones do not. */
export function parseParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const pair of decodeQuery(query).split('&')) {
    const cut = pair.indexOf('=')
    if (cut <= 0 || cut === pair.length - 1) continue
    const name = pair.slice(0, cut)
    if (!parameters.has(name)) parameters.set(name, pair.slice(cut + 1))
  }
  return parameters
}

/** The words of an `options` parameter: comma, bar or space between them. */
export function parseOptions(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? '').split(/[,| ]+/).filter((word) => word !== ''))
}

/** The first of several spellings of a parameter. */
export function firstOf(parameters: ReadonlyMap<string, string>, ...names: readonly string[]): string | undefined {
  return names.map((name) => parameters.get(name)).find((value) => value !== undefined)
}

/** The query as agents see it before they split it. */
export function decodeQuery(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
