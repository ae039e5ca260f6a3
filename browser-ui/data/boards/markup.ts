/** A run of words. A link leads to http or https only. */
export type Inline =
  { readonly kind: 'text' | 'bold'; readonly text: string } | { readonly kind: 'link'; readonly text: string; readonly href: string }

/** A paragraph has its lines, a list its entries. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly content: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'bullets' | 'numbers'; readonly lines: readonly (readonly Inline[])[] }

// Bounded and without nesting, so that no text takes longer than its length.
const inlinePattern =
  /\*\*([^*\n]{1,2000})\*\*|\[([^[\]\n]{1,500})\]\((https?:\/\/[^\s()]{1,2000})\)|(https?:\/\/[^\s<>()[\]"']{1,2000})/giu
const listed = { bullets: /^\s*[-*]\s+(.*)$/u, numbers: /^\s*\d{1,4}[.)]\s+(.*)$/u } as const

/**
 * A text of a board as blocks to draw: `# ` to `### ` are headings, `- ` and `1. ` lists, `**words**` bold, `[words](https://…)`
 * and bare addresses links, an empty line parts paragraphs. Everything else is plain words; there is no HTML.
 */
export function parseMarkup(text: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { kind: 'paragraph' | 'bullets' | 'numbers'; lines: (readonly Inline[])[] } | undefined
  for (const line of text.split('\n')) {
    const heading = /^(#{1,3})\s+(.*)$/u.exec(line)
    if (heading !== null) {
      blocks.push({ kind: 'heading', level: (heading[1] ?? '').length as 1 | 2 | 3, content: parseInline(heading[2] ?? '') })
      open = undefined
    } else if (line.trim() === '') {
      open = undefined
    } else {
      const bullet = listed.bullets.exec(line)
      const number = listed.numbers.exec(line)
      const kind = bullet !== null ? 'bullets' : number !== null ? 'numbers' : 'paragraph'
      if (open?.kind !== kind) {
        open = { kind, lines: [] }
        blocks.push(open)
      }
      open.lines.push(parseInline(bullet?.[1] ?? number?.[1] ?? line))
    }
  }
  return blocks
}

function parseInline(text: string): readonly Inline[] {
  const parts: Inline[] = []
  let at = 0
  const plain = (end: number) => {
    if (end > at) parts.push({ kind: 'text', text: text.slice(at, end) })
  }
  for (const match of text.matchAll(inlinePattern)) {
    const [whole, bold, words, address, bare] = match
    const href = webAddress(address ?? bare)
    if (bold === undefined && href === undefined) continue
    plain(match.index)
    at = match.index + whole.length
    if (href === undefined) parts.push({ kind: 'bold', text: bold ?? '' })
    else parts.push({ kind: 'link', text: words ?? bare ?? '', href })
  }
  plain(text.length)
  return parts
}

/** The address as a browser reads it; undefined for anything but http and https. */
function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined
}
