import { join } from 'node:path'
import { openFileProvider } from '../../cloud/seals/file-provider.ts'
import { ensureSealKeyOf } from '../../cloud/seals/master-keys.ts'
import { createRotationRecords } from '../../cloud/seals/rotation-record.ts'
import { runRotation } from '../../cloud/seals/rotation.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'

/** A process that rotates the keys of `<root>` and kills itself before its nth write: `<root> <startedAtMs> <n>`; it says `done` when it ends. */
const [root = '', startedAt = '', at = ''] = process.argv.slice(2)
let steps = 0
const dying = (store: MetadataStore): MetadataStore => {
  const step = () => {
    if (steps++ === Number(at)) process.kill(process.pid, 'SIGKILL')
  }
  return { ...store, write: (...change) => (step(), store.write(...change)), remove: (...change) => (step(), store.remove(...change)) }
}

const apart = dying(createSqliteStore({ path: join(root, 'apart.db'), clock, log, leavesNoTraces: true }))
const raw = dying(createSqliteStore({ path: join(root, 'metadata.db'), clock, log }))
const begun = await createRotationRecords(apart).begin({
  startedAtMs: Number(startedAt),
  stage: 'keys',
  isDataKeys: true,
  master: null,
  after: null,
  hasFound: false,
})
ensureSealKeyOf(join(root, 'keys'), begun.startedAtMs)
await runRotation(
  {
    raw,
    apart,
    provider: openFileProvider(join(root, 'keys')),
    installationId: 'faults',
    oldKeys: () => [],
    backups: { keptMs: 0, oldestAtMs: undefined },
    clock,
    tell: () => {},
  },
  begun,
)
await raw.close()
await apart.close()
process.stdout.write('done\n')
