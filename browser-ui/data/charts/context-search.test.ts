import { expect, it } from 'vitest'
import { searchContexts } from './context-search.ts'

const contexts = [
  { id: 'disk.io', title: 'Disk I/O Bandwidth', family: 'sda', units: 'KiB/s', priority: 1, chartType: 'area' },
  { id: 'net.packets', title: 'Packets', family: 'eth0', units: 'packets/s', priority: 2, chartType: 'line' },
  { id: 'mem.available', title: 'Available RAM for applications', family: 'system', units: 'MiB', priority: 3, chartType: 'area' },
]
const found = (search: string) => searchContexts(contexts, search).map(({ id }) => id)

it('[CX8] finds charts by id, title, family, unit and section, every word somewhere', () => {
  expect(found('disk.io')).toEqual(['disk.io'])
  expect(found('bandwidth')).toEqual(['disk.io'])
  expect(found('ETH0')).toEqual(['net.packets'])
  expect(found('mib')).toEqual(['mem.available'])
  expect(found('ram memory')).toEqual(['mem.available'])
  expect(found('packets disk')).toEqual([])
  expect(found('  ')).toHaveLength(3)
})
