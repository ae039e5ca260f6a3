import { openBytes, sealBytes } from './aes-gcm.ts'
import { dataKeyBytes, keysUnavailable, sealBroken, type KeyContext, type KeyProvider } from './key-provider.ts'
import { ensureSealKeys, loadSealKeys, type SealKey } from './master-keys.ts'

const form = /^f1\.([0-9a-f]{16})\.([\w-]{38,})$/
const bound = (masterId: string, { installation, subject }: KeyContext) => `f1\0${JSON.stringify([masterId, installation, subject])}`

/**
 * Master keys that lie in files: the newest wraps, older ones unwrap. `load` answers all of them, the newest last and never none; it
 * is asked again before each wrapping and for a master that is not known, because another process may have added one.
 */
export function createFileProvider(load: () => readonly SealKey[]): KeyProvider {
  let masters = load()
  const newest = (): SealKey => {
    const last = masters.at(-1)
    if (last === undefined) throw keysUnavailable('There is no master key.')
    return last
  }
  const find = (masterId: string): SealKey => {
    const known = () => masters.find((each) => each.keyId === masterId)
    if (known() === undefined) masters = load()
    const master = known()
    if (master === undefined)
      throw keysUnavailable(`The master key ${masterId} is not in the keys folder; set THROUGHLINE_KEYS to the folder it lies in.`)
    return master
  }
  const wrap = (dataKey: Uint8Array, context: KeyContext): string => {
    masters = load()
    const { keyId, key } = newest()
    return `f1.${keyId}.${sealBytes(key, dataKey, bound(keyId, context)).toString('base64url')}`
  }
  const unwrap = (wrapped: string, context: KeyContext): Uint8Array => {
    const [, masterId = '', body = ''] = form.exec(wrapped) ?? []
    if (masterId === '') throw sealBroken()
    const { key } = find(masterId)
    let dataKey: Uint8Array
    try {
      dataKey = openBytes(key, Buffer.from(body, 'base64url'), bound(masterId, context))
    } catch (cause) {
      throw sealBroken(cause)
    }
    if (dataKey.length !== dataKeyBytes) throw sealBroken()
    return dataKey
  }
  return {
    name: 'file',
    currentMaster: () => newest().keyId,
    masterOf: (wrapped) => form.exec(wrapped)?.[1],
    wrap: async (dataKey, context) => wrap(dataKey, context),
    unwrap: async (wrapped, context) => unwrap(wrapped, context),
    rewrap: async (wrapped, context) => wrap(unwrap(wrapped, context), context),
  }
}

/** The masters of a folder; a first one is made when there is none. Throws DATA_FOLDER_UNUSABLE. */
export function openFileProvider(folder: string): KeyProvider {
  ensureSealKeys(folder)
  return createFileProvider(() => loadSealKeys(folder))
}
