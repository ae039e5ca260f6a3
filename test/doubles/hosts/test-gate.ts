import { createEgressGate, type EgressGate } from '../../../agent-link/egress/gate.ts'
import { createMasker } from '../../../agent-link/egress/masking/masker.ts'
import { createPseudonyms } from '../../../agent-link/egress/masking/pseudonyms.ts'
import { presets, type Rules } from '../../../agent-link/egress/masking/rules.ts'

/** A gate with these rules, which lets everything through unless told otherwise; without rules it masks nothing. */
export function testGate(rules: Rules = presets.off, has: (message: string, path: string) => boolean = () => true): EgressGate {
  const pseudonyms = createPseudonyms({ key: new Uint8Array(32).fill(7) })
  return createEgressGate({ masker: createMasker(rules, pseudonyms), confirmed: { has } })
}
