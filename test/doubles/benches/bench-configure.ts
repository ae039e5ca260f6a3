import { onTestFinished } from 'vitest'
import { createLocalBus } from '../../../cloud/bus/local/local-bus.ts'
import type { Bus } from '../../../cloud/bus/port.ts'
import type { Configure } from '../../../cloud/configure/configure.ts'
import type { Metadata } from '../../../cloud/metadata/metadata.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import { openConfigure } from '../../../src/compose/configuring.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { Clock } from '../../../src/support/clock.ts'

/** Alert configuration as the cloud wires it, over a bus on which a test serves agents. */
export function benchConfigure(deps: {
  readonly store: MetadataStore
  readonly metadata: Pick<Metadata, 'unfinished' | 'roster'>
  readonly clock: Clock
}): { readonly configure: Configure; readonly bus: Bus } {
  const bus = createLocalBus()
  const presence = { instancesOf: () => [], onChange: () => () => {} }
  const configure = openConfigure({ ...deps, bus, presence, log: silentLog })
  onTestFinished(() => configure.close())
  return { configure, bus }
}
