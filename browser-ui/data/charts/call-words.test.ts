import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { curlOf, doorUrl, shellQuoted } from './call-words.ts'

it.each(["it's", '$(reboot)', '`x`', 'a\nb', '!!', '"', String.raw`\'`, '*?', '-n', 'ä💾'])(
  '[CX12] a shell reads %j as one word as it is',
  (text) => {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })).toBe(text)
  },
)

it('[CX12] the call of a chart asks this cloud with the parameters the agent was asked with, the token from the environment', () => {
  const call = { nodeId: 'n-1', target: '/api/v1/data?context=disk.io&after=-60&dimensions=it%27s' }
  expect(doorUrl('https://cloud:8443', 's-1', call)).toBe(
    'https://cloud:8443/api/throughline/v1/spaces/s-1/nodes/n-1/data?context=disk.io&after=-60&dimensions=it%27s',
  )
  expect(curlOf('https://cloud:8443', 's-1', call)).toBe(
    'curl --fail-with-body --silent --show-error -H "Authorization: Bearer $TOKEN" ' +
      "'https://cloud:8443/api/throughline/v1/spaces/s-1/nodes/n-1/data?context=disk.io&after=-60&dimensions=it%27s'",
  )
})
