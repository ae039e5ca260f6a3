import type { Answer } from './read-answer.ts'

/** The cookies of one browser: takes what answers set, gives what requests carry. */
export function createCookieJar(start = '') {
  const values = new Map<string, string>()
  const put = (name: string, value: string) => (value === '' ? values.delete(name) : values.set(name, value))
  for (const pair of start.split('; ')) put(pair.slice(0, Math.max(0, pair.indexOf('='))), pair.slice(pair.indexOf('=') + 1))
  return {
    take(answer: Pick<Answer, 'headers'>): void {
      for (const line of (answer.headers['set-cookie'] ?? []) as readonly string[]) {
        const [pair = ''] = line.split(';', 1)
        put(pair.slice(0, pair.indexOf('=')), line.includes('Max-Age=0') ? '' : pair.slice(pair.indexOf('=') + 1))
      }
    },
    get header(): string {
      return [...values].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    get: (name: string) => values.get(name),
    set: (name: string, value: string) => void put(name, value),
  }
}
