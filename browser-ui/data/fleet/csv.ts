/** Spreadsheets run cells that begin like this as formulas. */
const formulaStart = /^[=+\-@\t\r]/u

/** One cell: quoted, and with an apostrophe before what a spreadsheet would run. Plain numbers stay numbers. */
export function csvCell(text: string): string {
  const isNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu.test(text)
  const safe = !isNumber && formulaStart.test(text) ? `'${text}` : text
  return /[",\r\n;\t]|^\s|\s$/u.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A table as CSV (RFC 4180) that no spreadsheet takes for a program. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}
