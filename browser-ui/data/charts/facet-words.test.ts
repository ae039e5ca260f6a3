import { expect, it } from 'vitest'
import { chosenWords, groupsFor, groupWord, instanceNoun, searchOptions, volumeWords } from './facet-words.ts'

const disks = ['sda', 'sdb', 'nvme0n1'].map((id) => ({ id: `disk.${id}`, name: id, count: 2 }))

it('[CX13] a chooser says what it lets through', () => {
  const noun = instanceNoun('disk.io')
  expect(chosenWords(disks, undefined, noun)).toBe('3 disks')
  expect(chosenWords(disks, ['disk.sda', 'disk.sdb'], noun)).toBe('2 of 3 disks')
  expect(chosenWords(disks, ['disk.sda'], noun)).toBe('sda')
  expect(chosenWords(disks, ['disk.gone'], noun)).toBe('0 of 3 disks')
})

it('[CX13] a chart says how much stands behind it', () => {
  expect(volumeWords(12, 3)).toBe('12 metrics of 3 nodes')
  expect(volumeWords(1, 1)).toBe('1 metric of 1 node')
  expect(volumeWords(2, 0)).toBe('2 metrics')
})

it('[CX13] instances are called what people call them', () => {
  expect(['disk.io', 'disk.space', 'net.net', 'cpu.cpu', 'nginx.requests'].map((id) => instanceNoun(id)[1])).toEqual([
    'disks',
    'mounts',
    'interfaces',
    'cores',
    'instances',
  ])
})

it('[CX13] a chooser is searched by every word of name and id', () => {
  expect(searchOptions(disks, 'NVME disk').map(({ name }) => name)).toEqual(['nvme0n1'])
  expect(searchOptions(disks, ' ')).toHaveLength(3)
})

it('[CX13] only ways to group that tell something apart are offered, and those in use', () => {
  const facets = {
    nodes: [],
    instances: disks,
    dimensions: [],
    labels: [
      { key: 'mount', values: ['/', '/home'].map((value) => ({ value, count: 1 })) },
      { key: '_collect_plugin', values: [{ value: 'proc', count: 2 }] },
    ],
  }
  expect(groupsFor(facets, ['node'])).toEqual(['dimension', 'instance', 'label:mount', 'node'])
  expect(['instance', 'label:mount', 'node'].map((group) => groupWord(group as 'node', 'disk.io'))).toEqual(['disk', 'mount', 'node'])
})
