import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { canonicalUuid } from '../../src/domain/ids.ts'
import type { ClaimId, MachineGuid, NodeId } from '../../src/domain/ids.ts'

/** What a claim leaves on disk. Names of the key files and of `claimed_id` are those of stock agents (aclk §1.8). */
export const claimFileNames = {
  privateKey: 'private.pem',
  publicKey: 'public.pem',
  claimId: 'claimed_id',
  machineGuid: 'machine_guid',
  nodeId: 'node_id',
  /** Written last: its presence means the claim is complete. */
  link: 'link.json',
} as const

const choices = z.object({
  source: z.enum(['host', 'netdata']).optional(),
  netdataUrl: z.string().optional(),
  hostname: z.string().optional(),
  masking: z.enum(['strict', 'default']).optional(),
  functions: z.literal('off').optional(),
})

/** What the owner chose at the claim, which stays so for as long as it is not chosen anew. What would send more is never kept. */
export type ClaimChoices = z.infer<typeof choices>

/** A complete claim as read from its folder. */
export interface StoredClaim {
  readonly url: string
  readonly claimId: ClaimId
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly caPem: string | undefined
  readonly choices?: ClaimChoices | undefined
  readonly privateKeyPem: string
  readonly nodeId: NodeId | undefined
}

/** Writes a file whole or not at all, readable by its owner only. Throws DATA_FOLDER_UNUSABLE. */
export async function writeFileAtomically(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.${randomUUID()}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, name))
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new ThroughlineError('DATA_FOLDER_UNUSABLE', `The agent's folder ${folder} cannot be written; make it writable for this user.`, {
      cause,
    })
  }
}

/** The text of a file, trimmed at its ends; undefined when it does not exist. Throws DATA_FOLDER_UNUSABLE when it cannot be read. */
export async function readFileIfAny(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new ThroughlineError('DATA_FOLDER_UNUSABLE', `The file ${name} in ${folder} cannot be read by this user.`, { cause })
  }
}

/** The RSA-2048 pair of this folder, made at the first call: PKCS#8 and SubjectPublicKeyInfo, as stock agents keep it. */
export async function ensureKeyPair(folder: string): Promise<{ privateKeyPem: string; publicKeyPem: string }> {
  const privateKeyPem = await readFileIfAny(folder, claimFileNames.privateKey)
  const publicKeyPem = await readFileIfAny(folder, claimFileNames.publicKey)
  // The public file is written second: alone it marks a complete pair (aclk §1.8).
  if (privateKeyPem !== undefined && publicKeyPem !== undefined) return { privateKeyPem, publicKeyPem }
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicExponent: 65_537,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  await writeFileAtomically(folder, claimFileNames.privateKey, pair.privateKey)
  await writeFileAtomically(folder, claimFileNames.publicKey, pair.publicKey)
  return { privateKeyPem: pair.privateKey, publicKeyPem: pair.publicKey }
}

/** The id this host keeps for life, made at the first call, and when it was made (epoch seconds). */
export async function ensureMachineGuid(folder: string): Promise<{ machineGuid: MachineGuid; madeAtS: number }> {
  const known = canonicalUuid((await readFileIfAny(folder, claimFileNames.machineGuid))?.trim())
  if (known === undefined) await writeFileAtomically(folder, claimFileNames.machineGuid, randomUUID())
  const text = await readFileIfAny(folder, claimFileNames.machineGuid)
  const { mtimeMs } = await stat(join(folder, claimFileNames.machineGuid))
  return { machineGuid: (known ?? text) as MachineGuid, madeAtS: Math.floor(mtimeMs / 1000) }
}

/** The id of this host when it has one already; makes and writes nothing. */
export async function peekMachineGuid(folder: string): Promise<MachineGuid | undefined> {
  return canonicalUuid((await readFileIfAny(folder, claimFileNames.machineGuid))?.trim()) as MachineGuid | undefined
}

/** Keeps a finished claim: the claim id first, the marker last; the node id of an earlier claim goes. */
export async function saveClaim(folder: string, claim: Omit<StoredClaim, 'privateKeyPem' | 'nodeId'>): Promise<void> {
  await rm(join(folder, claimFileNames.nodeId), { force: true })
  await writeFileAtomically(folder, claimFileNames.claimId, claim.claimId)
  await writeFileAtomically(folder, claimFileNames.link, `${JSON.stringify({ version: 1, ...claim }, undefined, 2)}\n`)
}

/** Keeps the node id the cloud gave to this host. */
export async function saveNodeId(folder: string, nodeId: NodeId): Promise<void> {
  await writeFileAtomically(folder, claimFileNames.nodeId, nodeId)
}

/** The claim of this folder; undefined when there is none. Throws CONFIG_INVALID when its files contradict each other. */
export async function loadClaim(folder: string): Promise<StoredClaim | undefined> {
  const text = await readFileIfAny(folder, claimFileNames.link)
  if (text === undefined) return undefined
  const fields = parseObject(text)
  const claimId = canonicalUuid(fields?.['claimId'])
  const machineGuid = canonicalUuid(fields?.['machineGuid'])
  const privateKeyPem = await readFileIfAny(folder, claimFileNames.privateKey)
  const url = fields?.['url']
  const hostname = fields?.['hostname']
  const caPem = fields?.['caPem']
  const chosen = choices.optional().safeParse(fields?.['choices'])
  if (!chosen.success || claimId === undefined || machineGuid === undefined || privateKeyPem === undefined || typeof url !== 'string') {
    throw new ThroughlineError('CONFIG_INVALID', `The claim in ${folder} is damaged; claim this host again.`)
  }
  return {
    url,
    claimId: claimId as ClaimId,
    machineGuid: machineGuid as MachineGuid,
    hostname: typeof hostname === 'string' ? hostname : 'unknown',
    caPem: typeof caPem === 'string' ? caPem : undefined,
    choices: chosen.data,
    privateKeyPem,
    nodeId: canonicalUuid((await readFileIfAny(folder, claimFileNames.nodeId))?.trim()) as NodeId | undefined,
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
