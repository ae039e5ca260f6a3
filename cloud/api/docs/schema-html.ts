import type { oas31 } from 'zod-openapi'
import { escapeHtml } from './escape-html.ts'

type Schema = oas31.SchemaObject | oas31.ReferenceObject | boolean
type Known = Readonly<Record<string, Schema>>

/** Deeper than any schema of ours that people would read on a page. */
const depthMax = 12

/** A schema as nested lists: names, types, what is needed, bounds. `known` are the named schemas that others point to. */
export function schemaHtml(schema: Schema, known: Known = {}, depth = 0): string {
  if (typeof schema === 'boolean') return '<span class="type">anything</span>'
  if ('$ref' in schema) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    const target = known[name]
    const words = `<span class="type">${escapeHtml(name)}</span>`
    return target === undefined || depth >= depthMax ? words : `${words}${schemaHtml(target, known, depth + 1)}`
  }
  const alternatives = schema.anyOf ?? schema.oneOf
  const words = [typeOf(schema), ...boundsOf(schema)].filter((word) => word !== '')
  const head = `<span class="type">${escapeHtml(words.join(', '))}</span>`
  const about = schema.description === undefined ? '' : ` ${escapeHtml(schema.description)}`
  if (depth >= depthMax) return head
  if (alternatives !== undefined) return `${head}${about}${list(alternatives.map((each) => schemaHtml(each, known, depth + 1)))}`
  if (schema.type === 'array' && schema.items !== undefined) return `${head}${about}${list([schemaHtml(schema.items, known, depth + 1)])}`
  const properties = Object.entries(schema.properties ?? {})
  if (properties.length === 0) return `${head}${about}`
  const rows = properties.map(([name, inner]) => {
    const need = schema.required?.includes(name) === true ? '' : ' <span class="may">optional</span>'
    return `<code>${escapeHtml(name)}</code>${need} ${schemaHtml(inner, known, depth + 1)}`
  })
  return `${head}${about}${list(rows)}`
}

const list = (items: readonly string[]) => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`

function typeOf({ type, anyOf, oneOf, enum: words, const: only, format, items }: oas31.SchemaObject): string {
  if (only !== undefined) return `always ${JSON.stringify(only)}`
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(' or ')
  if (anyOf !== undefined || oneOf !== undefined) return 'one of'
  const names = (Array.isArray(type) ? type : [type]).flatMap((name) => (name === undefined ? [] : [name]))
  if (names.length === 0) return 'anything'
  return `${names.join(' or ')}${format === undefined ? '' : ` (${format})`}${items === undefined ? '' : ' of'}`
}

/** JSON Schema's numbers as words; the widest an integer can be is no bound worth reading. */
function boundsOf(schema: oas31.SchemaObject): readonly string[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems } = schema
  const isBound = (value: number | undefined): value is number => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER
  return [
    isBound(minLength) ? `at least ${minLength} characters` : '',
    isBound(maxLength) ? `at most ${maxLength} characters` : '',
    isBound(minimum) ? `from ${minimum}` : '',
    isBound(maximum) ? `to ${maximum}` : '',
    isBound(minItems) ? `at least ${minItems}` : '',
    isBound(maxItems) ? `at most ${maxItems}` : '',
  ]
}
