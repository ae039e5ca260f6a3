import { fields, type Field } from './fields.ts'

const tableStart = '<!-- settings: generated from src/config/fields.ts -->'
const tableEnd = '<!-- /settings -->'

/** The README's table of settings, from the rows. */
function settingsTable(): string {
  const rows = Object.values<Field<unknown>>(fields).map(
    (field) =>
      `| \`${field.env}\` | ${field.fallback ? `\`${field.fallback}\`` : ''} | ${field.doc}${field.isSecret === true ? ` Or name a file that holds it in \`${field.env}_FILE\`.` : ''} |`,
  )
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

/** `readme` with the table between the two marks replaced. */
export function withSettingsTable(readme: string): string {
  const start = readme.indexOf(tableStart)
  const end = readme.indexOf(tableEnd)
  if (start < 0 || end < start) throw new TypeError('README.md has lost the marks around its table of settings.')
  return `${readme.slice(0, start + tableStart.length)}\n\n${settingsTable()}\n\n${readme.slice(end)}`
}
