import { earlierClaim, loadConfirmed, waitingFields } from '../egress/confirmed.ts'
import { loadRules } from '../egress/masking/read-rules.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { good, mend, type Finding } from './finding.ts'

/** Whether the rules of masking can be used, and whether anything waits for the owner's word. */
export async function checkEgress(folder: string): Promise<Finding> {
  const check = 'egress'
  try {
    await loadRules(folder)
    const confirmed = (await loadConfirmed(folder)) ?? earlierClaim
    const waiting = waitingFields(confirmed)
    if (waiting.length > 0 && confirmed.by !== 'earlier-claim') {
      const sentence = `${waiting.length} new fields wait for your word and do not leave; read throughline manifest, then run it with --accept.`
      return mend(check, sentence)
    }
    return good(check, `what may leave this host is list ${confirmed.hash.slice(0, 16)}, and its rules of masking are good.`)
  } catch (thrown) {
    return mend(check, thrown instanceof ThroughlineError ? thrown.message : 'it could not be checked.')
  }
}
