import type { ChartDefinition } from '../chart.ts'
import type { Metric } from './metric.ts'

const everyS = 10
/** The folder of systemd's time service, and what it puts there once the clock has been put right. */
const folder = 'run/systemd/timesync'
const mark = `${folder}/synchronized`

const state: ChartDefinition = {
  id: 'system.clock_sync_state',
  context: 'system.clock_sync_state',
  family: 'clock synchronization',
  title: 'System Clock Synchronization State',
  units: 'state',
  priority: 1910,
  chartType: 'line',
  plugin: 'timex.plugin',
  module: '',
  updateEveryS: everyS,
  dimensions: ['state'],
}

/** Whether the clock is synchronized, where systemd's time service looks after it: other services leave no mark that can be read. */
export function createClockSyncMetric(): Metric {
  return {
    module: 'timex.plugin',
    everyS,
    collect({ files, set }) {
      if (files.exists(folder)) set(state, [files.exists(mark) ? 1 : 0])
    },
  }
}
