import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { createNetworkConnectionsFunction } from './connections/network-connections.ts'
import { createBlockDevicesFunction } from './devices/block-devices.ts'
import { createNetworkInterfacesFunction } from './devices/network-interfaces.ts'
import { createHostFiles } from './host/host-files.ts'
import { createPatience } from './host/patience.ts'
import { createHostFunctions } from './host-functions.ts'
import type { HostFunctions } from './host-functions.ts'
import { createJournalFunction } from './journal/journal.ts'
import { createMountPointsFunction } from './mounts/mount-points.ts'
import { createProcessesFunction } from './processes/processes.ts'
import { createListUnitsFunction } from './units/list-units.ts'

/** How long one file or file system may take; a table is shown without what takes longer. */
const patienceMs = 1_000

/** All live functions of the host this runs on; nothing is opened or started before somebody asks. */
export function functionsOfThisHost({ clock, log }: { readonly clock: Clock; readonly log: Log }): HostFunctions {
  const files = createHostFiles()
  const patience = createPatience({ clock, timeoutMs: patienceMs })
  const functions = [
    createProcessesFunction({ files, patience, clock }),
    createNetworkConnectionsFunction({ files }),
    createMountPointsFunction({ files, patience }),
    createBlockDevicesFunction({ files, clock }),
    createNetworkInterfacesFunction({ files, clock }),
    createJournalFunction({ files, clock }),
    createListUnitsFunction({ files }),
  ]
  return createHostFunctions({ functions, clock, log })
}
