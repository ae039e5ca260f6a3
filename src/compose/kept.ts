import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ownNames } from '../../cloud/api/tls/host-names.ts'
import { createTlsProvider } from '../../cloud/api/tls/tls-provider.ts'
import { refuseHalfRestored } from '../../cloud/backup/restore-mark.ts'
import { createIdentity, type Identity } from '../../cloud/identity/identity.ts'
import { createMailer, type ReportingMailer } from '../../cloud/identity/mailer.ts'
import type { ProviderSettings } from '../../cloud/identity/providers/provider.ts'
import { createMetadata, type Metadata } from '../../cloud/metadata/metadata.ts'
import { clearIfOlder, ensureLedgerKey, guardWithLedger, openLedger, type Ledger } from '../../cloud/privacy/ledger.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { sealOlderOnce } from '../../cloud/seals/older.ts'
import { sealed } from '../../cloud/seals/sealed-store.ts'
import type { KeyRing } from '../../cloud/seals/subject-keys.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { Config } from '../config/read-config.ts'
import type { Seals } from '../domain/seals.ts'
import type { PersonId } from '../domain/ids.ts'
import { plans } from '../domain/plans.ts'
import type { Space } from '../domain/model.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'
import { ensureKeysFolder, keysFolder } from './keys-folder.ts'
import { openSealing, sealingWords } from './sealing.ts'

/** What is kept, and who may see it: store, metadata and identity, opened. */
export interface Kept {
  /** What services work on: sealed fields are opened on the way out and sealed on the way in. */
  readonly store: MetadataStore
  /** The same items as they lie at rest, sealed: for the outbox, backups and proofs. */
  readonly raw: MetadataStore
  /** What must not lie with the data and is in no backup: wrapped keys and the ledger of erasures. */
  readonly apart: MetadataStore
  /** Who was erased; every write of `store` asks it. */
  readonly ledger: Ledger
  readonly seals: Seals
  /** The keys of people and spaces; destroying one is the erasure that no copy of the data undoes. */
  readonly keys: KeyRing
  /** What every wrapped key is bound to. */
  readonly installationId: string
  readonly metadata: Metadata
  readonly identity: Identity
  readonly mailer: ReportingMailer | undefined
  /** The first space; undefined when it was deleted. */
  readonly space: Space | undefined
  readonly adminPersonId: PersonId
}

/** Where the certificate lies when we made it. */
export const tlsFolder = (config: Config) => join(config.dataFolder, 'tls')
/** The table, as the settings name it. */
export const dynamoPlace = ({ dynamoEndpoint, dynamoRegion, dynamoTable }: Config) => ({
  endpoint: dynamoEndpoint,
  region: dynamoRegion,
  table: dynamoTable,
})

/** The certificate of this installation, made when there is none. */
export function openTls(config: Config, clock: Clock, log: Log) {
  const own = config.tlsCert === undefined || config.tlsKey === undefined ? undefined : { certFile: config.tlsCert, keyFile: config.tlsKey }
  return createTlsProvider({ folder: tlsFolder(config), names: [...ownNames(), config.publicHost, ...config.tlsNames], own, clock, log })
}

/** The sign-in providers that are configured. */
function providersOf(config: Config): ProviderSettings[] {
  const { googleClientId, googleClientSecret, githubClientId, githubClientSecret, oidcIssuer, oidcClientId, oidcClientSecret } = config
  const found: (Omit<ProviderSettings, 'issuer' | 'clientId' | 'clientSecret'> & {
    issuer: string | undefined
    clientId: string | undefined
    clientSecret: string | undefined
  })[] = [
    {
      providerId: 'google',
      kind: 'google',
      name: 'Google',
      issuer: config.googleIssuer,
      clientId: googleClientId,
      clientSecret: googleClientSecret,
    },
    {
      providerId: 'github',
      kind: 'github',
      name: 'GitHub',
      issuer: config.githubUrl,
      clientId: githubClientId,
      clientSecret: githubClientSecret,
    },
    { providerId: 'oidc', kind: 'oidc', name: config.oidcName, issuer: oidcIssuer, clientId: oidcClientId, clientSecret: oidcClientSecret },
  ]
  return found.flatMap(({ issuer, clientId, clientSecret, ...rest }) =>
    issuer === undefined || clientId === undefined || clientSecret === undefined ? [] : [{ ...rest, issuer, clientId, clientSecret }],
  )
}

/** Throws DATA_FOLDER_UNUSABLE in one sentence. */
export async function ensureDataFolder({ dataFolder }: Config): Promise<void> {
  const probe = join(dataFolder, `.probe-${process.pid}`)
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    await (await open(probe, 'w')).close()
    await rm(probe)
  } catch (cause) {
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder ${dataFolder} cannot be written; choose another with THROUGHLINE_DATA or change its owner.`,
      { cause },
    )
  }
}

/** The table of what lies apart from the data. */
export const apartPlace = (config: Config) => ({ ...dynamoPlace(config), table: `${config.dynamoTable}-apart` })

/** The store of what lies apart from the data, beside the keys. Throws STORE_UNAVAILABLE. */
export async function openApart(config: Config, clock: Clock, log: Log): Promise<MetadataStore> {
  if (config.store === 'dynamodb') {
    const { createDynamoStore } = await import('../../cloud/store/dynamodb/dynamo-store.ts')
    return createDynamoStore({ ...apartPlace(config), clock, log })
  }
  return createSqliteStore({ path: join(keysFolder(config), 'apart.db'), clock, log, leavesNoTraces: true })
}

/** The store of the settings. Throws STORE_UNAVAILABLE. */
export async function openStore(config: Config, clock: Clock, log: Log): Promise<MetadataStore> {
  if (config.store === 'dynamodb') {
    // Loaded only where it is used: the AWS SDK takes a third of the start and a good deal of memory.
    const { createDynamoStore } = await import('../../cloud/store/dynamodb/dynamo-store.ts')
    return createDynamoStore({ ...dynamoPlace(config), clock, log })
  }
  return createSqliteStore({ path: join(config.dataFolder, 'metadata.db'), clock, log })
}

/** Store, metadata and identity, with the first space and its admin in place. `tellLink` hears links that no mail server carries; `other` takes the place of the store of the settings. */
export async function openKept(
  config: Config,
  clock: Clock,
  log: Log,
  tellLink: (link: string) => void = () => {},
  other?: MetadataStore,
): Promise<Kept> {
  await ensureDataFolder(config)
  ensureKeysFolder(config)
  const raw = other ?? (await openStore(config, clock, log))
  const apart = await openApart(config, clock, log)
  const closeBoth = async () => void (await Promise.all([raw.close(), apart.close()]))
  let ledger: Ledger
  try {
    ledger = await openLedger({ apart, key: ensureLedgerKey(keysFolder(config)), clock, log })
  } catch (thrown) {
    await closeBoth()
    throw thrown
  }
  const close = async () => {
    ledger.close()
    await closeBoth()
  }
  try {
    await refuseHalfRestored(raw)
    // Before anything reads: an older copy of the data that was put back must not bring anybody back (D4).
    const cleared = await clearIfOlder(raw, ledger)
    if (cleared !== undefined) log.info('ledger_replayed', { rows: cleared.erased + cleared.unnamed })
    const sealing = await openSealing({ config, raw, apart, words: sealingWords(config), clock, log })
    const { ring: keys, seals, installationId } = sealing
    const older = await sealOlderOnce({ raw, ring: keys, seals, clock })
    if (older !== undefined && older.written > 0) log.info('older_data_sealed', { count: older.written })
    const store: MetadataStore = {
      // The ledger is asked first, by what services mean, before anything is sealed.
      ...guardWithLedger(sealed(raw, { ring: keys, clock, log }), ledger),
      async close() {
        sealing.close()
        await close()
      },
    }
    const metadata = createMetadata({ store, seals, clock, log, quotas: plans[config.plan], feedKeptMs: config.feedDays * 86_400_000 })
    const { spaces, nodes, roster, rooms } = metadata
    const mailer = config.smtpUrl === undefined ? undefined : createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log })
    const identity = await createIdentity({
      store,
      seals,
      spaces: {
        installation: () => spaces.installation(),
        find: (spaceId, personId) => roster.find(spaceId, personId),
        spacesOf: (personId) => roster.spacesOf(personId),
        rooms: (spaceId) => rooms.list(spaceId),
      },
      nodes,
      clock,
      log,
      publicUrl: config.publicUrl,
      keysFolder: keysFolder(config),
      mailer,
      providers: providersOf(config),
      isOpenToAnyone: config.signUp === 'anyone',
      privateTargets: config.privateTargets,
      dnsServers: config.dnsServers,
      onLinkWithoutMail: tellLink,
    })
    const first = await spaces.installation()
    // Whoever owned the installation may have deleted their account; then the configured address owns it again.
    const owner = first && (await identity.people.get(first.adminPersonId))
    const adminPersonId = (owner ?? (await identity.people.ensure(config.adminEmail))).personId
    if (first !== undefined && owner === undefined) await spaces.setOwner(adminPersonId)
    const isDeleted = first !== undefined && first.spaceId === undefined
    const space = isDeleted ? undefined : await spaces.ensureFirst({ name: 'My space', adminPersonId })
    return { store, raw, apart, ledger, seals, keys, installationId, metadata, identity, mailer, space, adminPersonId }
  } catch (thrown) {
    await close()
    throw thrown
  }
}
