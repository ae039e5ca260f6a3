import { z } from 'zod'
import { addedFields, manifestHash, type ManifestFields } from '../../src/aclk/egress/manifest-form.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { readFileIfAny, writeFileAtomically } from '../claim/claim-files.ts'
import { fieldsBeforeConfirming, manifestFields, manifestVersion } from './manifest.ts'

/** What the owner of a host allowed to leave it, beside the claim. */
export const confirmedFileName = 'egress-manifest.json'

/** How the owner said so: asked on a terminal, with a flag, by starting the cloud on this host; or before anybody was asked. */
const confirmers = ['terminal', 'flag', 'this-host', 'earlier-claim'] as const
export type Confirmer = (typeof confirmers)[number]

export interface ConfirmedManifest {
  readonly manifestVersion: number
  readonly hash: string
  readonly fields: ManifestFields
  readonly confirmedAtMs: number
  readonly by: Confirmer
}

/** Asks whether one field may leave. */
export interface ConfirmedFields {
  has(message: string, path: string): boolean
}

const fileSchema = z.object({
  version: z.literal(1),
  manifestVersion: z.int(),
  hash: z.string(),
  fields: z.record(z.string(), z.array(z.string())),
  confirmedAtMs: z.number(),
  by: z.enum(confirmers),
})

/**
 * What was confirmed on this host; undefined when nobody was asked yet. Throws CONFIG_INVALID for a file that was changed: its hash is no
 * longer that of its list, and nobody has confirmed that list.
 */
export async function loadConfirmed(folder: string): Promise<ConfirmedManifest | undefined> {
  const text = await readFileIfAny(folder, confirmedFileName)
  if (text === undefined) return undefined
  const read = fileSchema.safeParse(parse(text))
  if (!read.success || manifestHash(read.data.fields) !== read.data.hash)
    throw new ThroughlineError('CONFIG_INVALID', `${folder}/${confirmedFileName} is damaged; throughline manifest --accept writes it anew.`)
  const { version: _, ...confirmed } = read.data
  return confirmed
}

/** Today's list as confirmed now. */
export function confirmation(by: Confirmer, nowMs: number): ConfirmedManifest {
  return { manifestVersion, hash: manifestHash(manifestFields), fields: manifestFields, confirmedAtMs: nowMs, by }
}

/** Keeps what was confirmed. */
export function saveConfirmed(folder: string, confirmed: ConfirmedManifest): Promise<void> {
  return writeFileAtomically(folder, confirmedFileName, `${JSON.stringify({ version: 1, ...confirmed }, undefined, 2)}\n`)
}

/** What a claim from before owners were asked counts as confirmed with: what was sent then, and nothing that came later. */
export const earlierClaim: ConfirmedManifest = {
  manifestVersion: 1,
  hash: manifestHash(fieldsBeforeConfirming),
  fields: fieldsBeforeConfirming,
  confirmedAtMs: 0,
  by: 'earlier-claim',
}

/** What today's list has and the confirmed one has not, as `message field`: it waits for the owner's word. */
export function waitingFields({ fields }: Pick<ConfirmedManifest, 'fields'>, today: ManifestFields = manifestFields): readonly string[] {
  return addedFields(fields, today)
}

/** A look-up by message and path. */
export function confirmedFields(fields: ManifestFields): ConfirmedFields {
  const sets = new Map(Object.entries(fields).map(([message, paths]) => [message, new Set(paths)]))
  return { has: (message, path) => sets.get(message)?.has(path) === true }
}

/** Everything of today's list: what a rehearsal shows. */
export const allFields: ConfirmedFields = confirmedFields(manifestFields)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
