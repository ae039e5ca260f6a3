import { z } from 'zod'
import { publicRoute, type Route, type RouteAnswer } from '../route.ts'
import { createApiDocument, type ApiDocument } from './api-document.ts'
import { readerScript, readerStyle } from './reader-files.ts'
import { readerHtml } from './reader-html.ts'

export interface DocsRoutesDeps {
  /** Every route of ours, these too; asked for when the document is first read. */
  readonly routes: () => readonly Route[]
  readonly version: string
}

/** The document of the API and a page to read it; made once, when somebody first asks. */
export function docsRoutes({ routes, version }: DocsRoutesDeps): readonly Route[] {
  let document: ApiDocument | undefined
  let page: string | undefined
  const documentOf = () => (document ??= createApiDocument({ routes: routes(), version }))
  const text = (type: string, body: string): RouteAnswer => ({ status: 200, text: { type, body } })
  const reader = () => text('text/html', (page ??= readerHtml(documentOf())))
  const file = (name: string, summary: string, type: string, body: string) =>
    publicRoute('GET', `/api/docs/${name}`, undefined, () => text(type, body), { docs: { summary } })
  return [
    publicRoute('GET', '/api/docs', undefined, reader, { docs: { summary: 'This API to read, as a page.' } }),
    publicRoute('GET', '/api/docs/', undefined, reader, { docs: { summary: 'The same page.' } }),
    publicRoute('GET', '/api/docs/openapi.json', undefined, () => ({ status: 200, json: documentOf() }), {
      docs: { summary: 'This API as an OpenAPI 3.1 document.', answer: z.looseObject({ openapi: z.string() }) },
    }),
    file('reader.css', 'How the page looks.', 'text/css', readerStyle),
    file('reader.js', 'The search of the page.', 'text/javascript', readerScript),
  ]
}
