import { expect, it } from 'vitest'
import { blobLeavesOf, dataMap, kindNames, leavesOf, mirroredLeaves, valuesOf, withLeaves } from './data-map.ts'
import { dataClasses } from '../../../src/domain/data-class.ts'

const everyLeaf = kindNames.flatMap((kind) => leavesOf(kind).map((leaf) => ({ kind, ...leaf })))

it('[DM10] (D2) every field of every kind says why it is kept, and every kind its class, how long it stays and what takes it away', () => {
  for (const kind of kindNames) {
    const { class: group, retention, erasure, holds, retentionMs } = dataMap[kind]
    expect(dataClasses, kind).toContain(group)
    for (const words of [retention, erasure, holds]) expect(words.length, kind).toBeGreaterThan(8)
    if (retentionMs !== undefined) expect(retentionMs, kind).toBeGreaterThan(0)
  }
  const wordless = [...everyLeaf, ...kindNames.flatMap((kind) => blobLeavesOf(kind).map((leaf) => ({ kind, ...leaf })))].filter(
    ({ facts: { purpose } }) => !/^[a-z].{7,}[^.]$/.test(purpose),
  )
  expect(wordless).toEqual([])
})

it('[DM11] a field is drawn once: no two of a kind have the same place', () => {
  for (const kind of kindNames) {
    const paths = leavesOf(kind).map(({ path }) => path)
    expect(
      paths.filter((path, at) => paths.indexOf(path) !== at),
      kind,
    ).toEqual([])
  }
})

it('[DM12] (D6) the mirror gets no text of a person or a space: ids and names as keyed hashes, words that we chose as they are', () => {
  const carried = kindNames.filter((kind) => dataMap[kind].mirrored)
  expect(everyLeaf.filter(({ kind, facts }) => facts.mirror !== 'none' && !carried.includes(kind))).toEqual([])
  expect(everyLeaf.filter(({ facts }) => facts.names !== undefined && facts.mirror === 'same')).toEqual([])
  expect(everyLeaf.filter(({ facts }) => facts.seal !== 'none' && facts.mirror !== 'none')).toEqual([])
  expect(carried.filter((kind) => mirroredLeaves(kind).length === 0)).toEqual([])
  expect(carried.filter((kind) => !dataMap[kind].logged)).toEqual([])
})

it('[DM13] what is sealed is text of any length, so that it lies sealed in the same place', () => {
  const odd = everyLeaf.filter(({ facts, form }) => facts.seal !== 'none' && facts.seal !== 'hash' && form !== 'text')
  expect(odd.map(({ kind, path }) => `${kind} ${path}`)).toEqual([])
})

it('[DM14] values are found and changed by the map, in lists, tuples, records and among several forms', () => {
  const node = {
    machineGuid: 'm',
    hostname: 'edge-3',
    roomIds: ['r'],
    createdAtMs: 1,
    instances: [['c', 0, [['json', 2, 1]]]],
    collectors: [['p', 'm']],
  }
  const found = [...valuesOf('node', node)].map(({ leaf, value }) => [leaf.path, leaf.label, value])
  expect(found).toEqual([
    ['machineGuid', 'machineGuid', 'm'],
    ['hostname', 'hostname', 'edge-3'],
    ['roomIds[]', 'roomIds[]', 'r'],
    ['createdAtMs', 'createdAtMs', 1],
    ['instances[].0', 'instances[].claimId', 'c'],
    ['instances[].1', 'instances[].hops', 0],
    ['instances[].2[].0', 'instances[].capabilities[].name', 'json'],
    ['instances[].2[].1', 'instances[].capabilities[].version', 2],
    ['instances[].2[].2', 'instances[].capabilities[].enabled', 1],
    ['collectors[].0', 'collectors[].plugin', 'p'],
    ['collectors[].1', 'collectors[].module', 'm'],
  ])
  const shown = withLeaves('person', { email: 'ada@example.org', createdAtMs: 1, moving: 'b@example.org' }, ({ seal }, value) =>
    seal === 'person' ? '*' : value,
  )
  expect(shown).toEqual({ email: '*', createdAtMs: 1, moving: '*' })
  const syslog = { syslog: { host: 'log.example.org', port: 6514, fromSeq: 1 } }
  expect([...valuesOf('audit-delivery', syslog)].map(({ value }) => value)).toEqual(['log.example.org', 6514, 1])
})

it('[DM22] (D2) every kind is drawn: none is let through unchecked because its fields are still to come', () => {
  expect(kindNames.filter((kind) => leavesOf(kind).length === 0)).toEqual([])
})
