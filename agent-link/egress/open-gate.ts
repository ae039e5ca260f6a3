import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { readFileIfAny, writeFileAtomically } from '../claim/claim-files.ts'
import { createKeptFile } from '../kept-file.ts'
import { allFields, confirmedFields, earlierClaim, loadConfirmed, waitingFields, type ConfirmedManifest } from './confirmed.ts'
import { createEgressGate, type EgressGate } from './gate.ts'
import { createMasker } from './masking/masker.ts'
import { createPseudonyms, type TokenBook } from './masking/pseudonyms.ts'
import { loadRules } from './masking/read-rules.ts'
import type { PresetName, Rules } from './masking/rules.ts'

/** The key of the hashes and the numbers of the tokens, both in the agent's folder and nowhere else. */
export const maskingKeyFileName = 'egress.key'
const tokenFileName = 'egress-tokens.json'

const keyPattern = /^[0-9a-f]{64}\s*$/
const bookSchema = z.object({ version: z.literal(1), tokens: z.record(z.string(), z.array(z.string())) })

/** The key of this host's pseudonyms, made at the first call and readable by its owner only. */
export async function ensureMaskingKey(folder: string): Promise<Uint8Array> {
  const kept = await readFileIfAny(folder, maskingKeyFileName)
  if (kept !== undefined && keyPattern.test(kept)) return Buffer.from(kept.trim(), 'hex')
  const key = randomBytes(32)
  await writeFileAtomically(folder, maskingKeyFileName, key.toString('hex'))
  return key
}

/** The gate of a host, and what its owner is to be told of it. */
export interface OpenGate {
  readonly gate: EgressGate
  readonly rules: Rules
  readonly confirmed: ConfirmedManifest
  /** Fields that do not leave before the owner confirms them. */
  readonly waiting: readonly string[]
  stop(): Promise<void>
}

/**
 * Opens the gate of the host whose agent lives in this folder. A rehearsal shows everything today's list names, with the key there is or
 * one made up for it, and writes nothing. Throws CONFIG_INVALID for rules or a manifest that cannot be used.
 */
export async function openGate(deps: {
  readonly folder: string
  readonly preset?: PresetName | undefined
  readonly isRehearsal?: boolean
  readonly clock: Clock
  readonly log: Log
}): Promise<OpenGate> {
  const { folder, preset, isRehearsal = false, clock, log } = deps
  const rules = await loadRules(folder, preset)
  const kept = await readFileIfAny(folder, maskingKeyFileName)
  const key = isRehearsal
    ? kept !== undefined && keyPattern.test(kept)
      ? Buffer.from(kept.trim(), 'hex')
      : randomBytes(32)
    : await ensureMaskingKey(folder)
  const file = createKeptFile({ folder, name: tokenFileName, clock, log })
  const pseudonyms = createPseudonyms({
    key,
    book: await loadBook(folder),
    onNumbered: isRehearsal ? undefined : (book) => file.keep(() => `${JSON.stringify({ version: 1, tokens: book() })}\n`),
  })
  const confirmed = (await loadConfirmed(folder)) ?? earlierClaim
  const gate = createEgressGate({
    masker: createMasker(rules, pseudonyms),
    confirmed: isRehearsal ? allFields : confirmedFields(confirmed.fields),
  })
  return { gate, rules, confirmed, waiting: waitingFields(confirmed), stop: () => file.stop() }
}

/** A book that cannot be read costs new numbers and nothing else. */
async function loadBook(folder: string): Promise<TokenBook | undefined> {
  const text = await readFileIfAny(folder, tokenFileName).catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return bookSchema.parse(JSON.parse(text)).tokens
  } catch {
    return undefined
  }
}
