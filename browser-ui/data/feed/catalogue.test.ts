import { expect, it } from 'vitest'
import { cadenceOf, parseCatalogue } from './catalogue.ts'

const chart = (name: string, updateEvery: number, labels: object, collected = true) => ({
  name,
  update_every: updateEvery,
  labels,
  collected,
  dimensions: { reads: { name: 'read' }, gone: { collected: false }, writes: {} },
})
const dimensions = [
  { id: 'reads', name: 'read' },
  { id: 'writes', name: 'writes' },
]
const text = JSON.stringify({
  contexts: {
    'disk.io': {
      title: 'Disk I/O',
      units: 'KiB/s',
      family: '/',
      chart_type: 'area',
      priority: 2000,
      collected: true,
      charts: {
        'disk.vda': chart('disk.vda', 1, { device: 'vda', mount_point: '/' }),
        'disk.vdb': chart('disk.vdb', 10, {}),
        'disk.gone': chart('disk.gone', 1, {}, false),
      },
    },
    'disk.space': {
      title: '',
      units: 'GiB',
      collected: true,
      charts: { 'disk_space./': chart('disk_space./', 1, { mount_point: '/', device: 'vda1' }) },
    },
    'old.thing': { title: 'Old', collected: false, charts: { 'old.one': chart('old.one', 1, {}) } },
  },
})

it('[UI3] lists collected contexts with their collected instances under names a person knows', () => {
  const catalogue = parseCatalogue(text)
  expect([...catalogue.contexts.keys()]).toEqual(['disk.io', 'disk.space'])
  expect(catalogue.contexts.get('disk.io')).toEqual({
    id: 'disk.io',
    title: 'Disk I/O',
    units: 'KiB/s',
    family: '/',
    priority: 2000,
    chartType: 'area',
  })
  expect(catalogue.instances.get('disk.io')).toEqual([
    { chartId: 'disk.vda', label: 'vda (/)', updateEveryS: 1, labels: { device: 'vda', mount_point: '/' }, dimensions },
    { chartId: 'disk.vdb', label: 'vdb', updateEveryS: 10, labels: {}, dimensions },
  ])
  expect(catalogue.instances.get('disk.space')?.[0]?.label).toBe('/')
})

it('[UI4] knows the context of every chart, also of those no longer collected', () => {
  expect([...parseCatalogue(text).contextOfChart]).toEqual([
    ['disk.vda', 'disk.io'],
    ['disk.vdb', 'disk.io'],
    ['disk.gone', 'disk.io'],
    ['disk_space./', 'disk.space'],
    ['old.one', 'old.thing'],
  ])
})

it('[UI5] takes the pace of a context from its fastest instance, and none when nothing is known', () => {
  expect(cadenceOf(parseCatalogue(text), 'disk.io')).toBe(1000)
  expect(cadenceOf(parseCatalogue(text), 'unknown')).toBeUndefined()
  expect(cadenceOf(undefined, 'disk.io')).toBeUndefined()
})

it('[UI2] refuses a list that is no JSON object', () => {
  expect(() => parseCatalogue('[1]')).toThrowError(expect.objectContaining({ code: 'AGENT_PROTOCOL' }))
})
