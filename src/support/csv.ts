/** Spreadsheets run a cell that begins with one of these as a formula, some also after white space or a quote. */
const formulaStart = /^[\s"']*[=+\-@\t\r＝＋－＠]/u
const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu

/** A text as one field: quoted where it needs it, and with an apostrophe before what a spreadsheet would run. */
export function csvField(text: string): string {
  const safe = formulaStart.test(text) ? `'${text}` : text
  return /[",\r\n;\t]|^\s|\s$/u.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Fields as lines of RFC 4180: each ends with CR LF. */
export function csvLines(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join(',')}\r\n`).join('')
}

/** A table of texts as CSV that no spreadsheet takes for a program; texts that are plain numbers stay numbers. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return csvLines(rows.map((row) => row.map((text) => (plainNumber.test(text) ? text : csvField(text)))))
}
