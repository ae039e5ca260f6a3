import { expect, it } from 'vitest'
import { fleetMetrics } from './fleet-metric.ts'
import { tileLook, type MapColoring } from './tile-looks.ts'

const [cpu] = fleetMetrics
if (cpu === undefined) throw new TypeError('no metric')
const byValue: MapColoring = { by: 'metric', metric: cpu }
const looks = (coloring: MapColoring, value?: number) =>
  (['live', 'stale', 'offline', 'unseen'] as const).map((state) => tileLook({ state }, coloring, 'dark', value, 100))

it('[HN25] no two states look alike without colour, whatever the map is coloured by', () => {
  for (const coloring of [{ by: 'state' }, { by: 'alerts' }, byValue] as const) {
    expect(new Set(looks(coloring, 5).map(({ mark }) => mark)).size).toBe(4)
    expect(new Set(looks(coloring, 5).map(({ words }) => words)).size).toBe(4)
  }
})

it('[HN25] a tile says its value, its alerts, or that it has none', () => {
  expect(tileLook({ state: 'live' }, byValue, 'dark', 41.23, 100)).toMatchObject({ look: 'value', mark: '41.2', words: 'CPU 41.2 %' })
  expect(tileLook({ state: 'live' }, byValue, 'dark', undefined, 100)).toMatchObject({ look: 'none', words: 'no value of CPU' })
  expect(tileLook({ state: 'offline' }, byValue, 'dark', 41, 100)).toMatchObject({ look: 'offline', fill: undefined })
  const network: MapColoring = { by: 'metric', metric: { ...cpu, id: 'network', title: 'Network', units: 'kilobits/s' } }
  // All tiles in the unit of the legend: 565 kb/s is less than 12 Mb/s.
  expect(tileLook({ state: 'live' }, network, 'dark', 565, 100_000)).toMatchObject({ mark: '0.57', words: 'Network 0.57 Mb/s' })
  const alerting = { state: 'live', alerts: { warning: 2, critical: 1 } } as const
  expect(tileLook(alerting, { by: 'alerts' }, 'light', undefined, 1)).toMatchObject({ look: 'critical', words: '1 critical, 2 warnings' })
  expect(tileLook({ state: 'live' }, { by: 'alerts' }, 'light', undefined, 1)).toMatchObject({ look: 'calm', words: 'no alert' })
})
