import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('[LOG1] each log line is JSON on standard error with its level, time and event; long texts are cut at 2 KiB', () => {
  const program = `import { createPinoLog } from './src/support/pino-log.ts'
    const log = createPinoLog('info')
    log.debug('hidden')
    log.warn('agent_refused', { reason: 'x'.repeat(5000), count: 2 })`
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { encoding: 'utf8' })
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(stdout).toBe('')
  expect(lines).toEqual([{ level: 'warn', time: expect.any(String) as string, event: 'agent_refused', reason: 'x'.repeat(2048), count: 2 }])
})

it('[DM17] a field that is not declared does not get into the log, and the line says how many there were', () => {
  const program = `import { createPinoLog } from './src/support/pino-log.ts'
    createPinoLog('info').info('claimed', { code: 'A', email: 'ada@example.org', __proto__: { count: 1 }, value: 42 })`
  const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(JSON.parse(stderr)).toEqual({ level: 'info', time: expect.any(String) as string, event: 'claimed', code: 'A', undeclared: 2 })
})
