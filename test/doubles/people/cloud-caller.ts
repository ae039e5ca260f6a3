import { Agent, request } from 'node:https'
import { runThroughline, type Installation } from '../installation.ts'

/** Calls our own API with a token that may do everything. Rejects for an answer that is no 2xx, with what it says. */
export type CallCloud = (method: string, path: string, body?: unknown) => Promise<unknown>

/** A token made on the command line; `cloudNow` is asked for each call, so that a cloud may be started again meanwhile. */
export async function cloudCaller(cloudNow: () => Installation): Promise<CallCloud> {
  const { out } = await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloudNow().env)
  const { token } = JSON.parse(out) as { token: string }
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const { url, caPem } = cloudNow()
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const asked = request(`${url}/api/throughline/v1${path}`, { method, agent: new Agent({ ca: caPem }), headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (text += chunk))
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve(text === '' ? undefined : JSON.parse(text))
          else reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`))
        })
      })
      asked.on('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
}
