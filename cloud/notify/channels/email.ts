import { escapeHtml } from './escape-html.ts'
import { factsOf, omittedText, type Letter } from './letter.ts'

/** What a mail says; the envelope is the sender's. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A mail of a letter. The subject is one line; the HTML stands alone: no script, no picture, nothing that is fetched. */
export function renderEmail(letter: Letter): RenderedMail {
  const { title, entries, space, url } = letter
  const rest = omittedText(letter)
  const single = entries.length === 1
  const blocks = entries.map((entry) => [
    ...(single ? [] : [entry.title]),
    ...factsOf(entry).map(([label, text]) => `${single ? '' : '  '}${label}: ${text}`),
    '',
  ])
  const text = [title, '', ...blocks.flat(), ...(rest === undefined ? [] : [rest, '']), `Space: ${space}`, url, '', why, ''].join('\n')
  return { subject: `${title} · ${space}`, text, html: htmlOf(letter, rest) }
}

const why = 'You get this because a notification channel of this space names your address.'

function htmlOf({ title, entries, space, url }: Letter, rest: string | undefined): string {
  const rows = entries.map((entry) => {
    const facts = factsOf(entry).map(
      ([label, text]) =>
        `<tr><td style="padding:2px 12px 2px 0;color:#555555;vertical-align:top">${escapeHtml(label)}</td><td style="padding:2px 0">${escapeHtml(text)}</td></tr>`,
    )
    return `<p style="margin:16px 0 4px;font-weight:bold;border-left:4px solid ${colors[entry.severity]};padding-left:8px">${escapeHtml(entry.title)}</p><table role="presentation" style="border-collapse:collapse;font-size:14px">${facts.join('')}</table>`
  })
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title></head>`,
    '<body style="font-family:sans-serif;font-size:15px;color:#1a1a1a;background:#ffffff;margin:16px">',
    entries.length === 1 ? '' : `<h1 style="font-size:18px;margin:0">${escapeHtml(title)}</h1>`,
    ...rows,
    rest === undefined ? '' : `<p>${escapeHtml(rest)}</p>`,
    `<p><a href="${escapeHtml(url)}">Open it in Throughline</a></p>`,
    `<p style="color:#555555;font-size:13px">Space: ${escapeHtml(space)}. ${escapeHtml(why)}</p>`,
    '</body></html>',
  ].join('')
}

/** Colours of severities, for integrations that take any; each has enough contrast beside white. */
export const colors: Readonly<Record<Letter['severity'], string>> = {
  critical: '#c4314b',
  unreachable: '#c4314b',
  warning: '#b75e00',
  clear: '#237b4b',
  reachable: '#237b4b',
}
