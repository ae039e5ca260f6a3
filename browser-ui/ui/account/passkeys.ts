import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { passkeyProblem } from '../../data/account/passkey-problem.ts'

/** Why this browser cannot use passkeys here, and what to do; undefined when it can. */
function obstacle(): string | undefined {
  if (!window.isSecureContext)
    return 'Passkeys need a secure address. Open this page by https, with a certificate that this browser trusts.'
  if (!('PublicKeyCredential' in window) || typeof PublicKeyCredential.parseRequestOptionsFromJSON !== 'function')
    return 'This browser is too old for passkeys. Use a newer one, or sign in with a link by mail.'
  return undefined
}

const problemOf = (error: unknown): ThroughlineError => {
  const name = error instanceof Error ? error.name : ''
  return new ThroughlineError(name === 'NotAllowedError' || name === 'AbortError' ? 'CANCELLED' : 'USAGE', passkeyProblem(name), {
    cause: error,
  })
}
const jsonOf = (credential: Credential | null): unknown => {
  if (credential instanceof PublicKeyCredential) return credential.toJSON()
  throw new ThroughlineError('CANCELLED', passkeyProblem('NotAllowedError'))
}

/**
 * Passkeys through the browser's own API; options and answers are the JSON forms of WebAuthn level 3. Everything rejects with one
 * sentence that says what to do: CANCELLED when the person or the time did it, USAGE otherwise.
 */
export const passkeys = {
  obstacle,
  /** Whether the browser offers passkeys in the list under a field. */
  async canAutofill(): Promise<boolean> {
    if (obstacle() !== undefined || typeof PublicKeyCredential.isConditionalMediationAvailable !== 'function') return false
    return PublicKeyCredential.isConditionalMediationAvailable().catch(() => false)
  },
  async create(options: unknown): Promise<unknown> {
    const reason = obstacle()
    if (reason !== undefined) throw new ThroughlineError('USAGE', reason)
    try {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON)
      return jsonOf(await navigator.credentials.create({ publicKey }))
    } catch (error) {
      throw error instanceof ThroughlineError ? error : problemOf(error)
    }
  },
  /** `isAutofill`: waits, without a dialog, until the person picks one under a field. */
  async get(options: unknown, { signal, isAutofill = false }: { signal?: AbortSignal; isAutofill?: boolean } = {}): Promise<unknown> {
    const reason = obstacle()
    if (reason !== undefined) throw new ThroughlineError('USAGE', reason)
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON)
      return jsonOf(
        await navigator.credentials.get({
          publicKey,
          ...(isAutofill ? { mediation: 'conditional' } : {}),
          ...(signal === undefined ? {} : { signal }),
        }),
      )
    } catch (error) {
      throw error instanceof ThroughlineError ? error : problemOf(error)
    }
  },
}
