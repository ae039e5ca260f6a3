import type { oas31 } from 'zod-openapi'
import type { ApiDocument } from './api-document.ts'
import { escapeHtml } from './escape-html.ts'
import { schemaHtml } from './schema-html.ts'

interface Operation {
  readonly method: string
  readonly path: string
  readonly of: oas31.OperationObject
}

const idOf = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

/** The document as a page that needs nothing from elsewhere: a search, the groups, and every address with its schemas. */
export function readerHtml(document: ApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Readonly<Record<string, oas31.OperationObject>>).map(([method, of]) => ({
      method: method.toUpperCase(),
      path,
      of,
    })),
  )
  const groups = (document.tags ?? []).map(({ name, description = '' }) => ({
    name,
    description,
    operations: operations.filter(({ of }) => of.tags?.includes(name) === true),
  }))
  const nav = groups.map(({ name, operations: { length } }) => `<li><a href="#${idOf(name)}">${escapeHtml(name)}</a> ${length}</li>`)
  const sections = groups.map(
    ({ name, description, operations: own }) =>
      `<section aria-labelledby="${idOf(name)}"><h2 id="${idOf(name)}">${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>${own
        .map((operation) => operationHtml(operation, document))
        .join('')}</section>`,
  )
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>API of ${escapeHtml(document.info.title)}</title>`,
    '<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/api/docs/reader.css"><script src="/api/docs/reader.js" defer></script></head><body>',
    `<header><h1>API of ${escapeHtml(document.info.title)} <small>${escapeHtml(document.info.version)}</small></h1>`,
    `<p>${escapeHtml(document.info.description ?? '')}</p>`,
    '<p><a href="/api/docs/openapi.json">OpenAPI 3.1 document</a> · <a href="/">Back to the cloud</a></p>',
    '<label for="search" hidden>Search addresses and words</label><input id="search" type="search" autocomplete="off" hidden>',
    '<p id="found" role="status"></p>',
    `<nav aria-label="Groups"><ul>${nav.join('')}</ul></nav></header><main>${sections.join('')}</main></body></html>`,
  ].join('')
}

function operationHtml({ method, path, of }: Operation, { components }: ApiDocument): string {
  const known = components?.schemas ?? {}
  const parameters = (of.parameters ?? []).flatMap((parameter) => ('$ref' in parameter ? [] : [parameter]))
  const rows = parameters.map(({ name, in: place, required = false, schema = {} }) => {
    const need = required ? '' : ' <span class="may">optional</span>'
    return `<li><code>${escapeHtml(name)}</code> in the ${place}${need} ${schemaHtml(schema, known)}</li>`
  })
  const body = of.requestBody === undefined || '$ref' in of.requestBody ? undefined : of.requestBody.content['application/json']?.schema
  const answers = Object.entries((of.responses ?? {}) as Readonly<Record<string, oas31.ResponseObject | oas31.ReferenceObject>>).flatMap(
    ([status, answer]) => {
      if ('$ref' in answer) return []
      const schema = answer.content?.['application/json']?.schema
      return [`<h3>Answer ${escapeHtml(status)}</h3>${schema === undefined ? '<p>No body.</p>' : schemaHtml(schema, known)}`]
    },
  )
  const words = `${method} ${path} ${of.summary ?? ''}`.toLowerCase()
  return [
    `<details data-words="${escapeHtml(words)}"><summary><span class="method ${method.toLowerCase()}">${method}</span> `,
    `<code>${escapeHtml(path)}</code> <span>${escapeHtml(of.summary ?? '')}</span></summary>`,
    `<p>${escapeHtml(of.description ?? (of.security?.length === 0 ? 'For anyone.' : ''))}</p>`,
    rows.length === 0 ? '' : `<h3>Parameters</h3><ul>${rows.join('')}</ul>`,
    body === undefined ? '' : `<h3>Body</h3>${schemaHtml(body, known)}`,
    ...answers,
    '</details>',
  ].join('')
}
