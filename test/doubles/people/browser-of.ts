import { Agent, request } from 'node:https'
import { createCookieJar } from './cookie-jar.ts'
import type { Installation } from '../installation.ts'
import { readAnswer, type Answer } from './read-answer.ts'

/** Asks the API of a cloud as a signed-in page does; the path is what stands behind `/api/throughline/v1`. */
export type Browser = (method: string, path: string, body?: unknown) => Promise<Answer>

/** A browser without a page: keeps cookies, and asks as the page's own origin does. Rejects when the answer never came. */
export function browserOf(cloudNow: () => Pick<Installation, 'url' | 'caPem'>): Browser {
  const jar = createCookieJar()
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const { url, caPem } = cloudNow()
      const bytes = body === undefined ? '' : JSON.stringify(body)
      const headers = { origin: url, 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes), cookie: jar.header }
      const asked = request(`${url}/api/throughline/v1${path}`, { method, agent: new Agent({ ca: caPem }), headers }, (answer) => {
        readAnswer(answer).then((read) => {
          jar.take(read)
          resolve(read)
        }, reject)
      })
      asked.on('error', reject)
      asked.end(bytes)
    })
}
