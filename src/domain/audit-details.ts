/**
 * Every word that an entry of the audit may say besides ids, and why. Kept for 400 days like its entry; a name that is not here is
 * left out. Never a name or an address of anybody, and never a value.
 */
export const auditDetails = {
  action: 'say what was done with a document',
  before: 'say which role somebody had',
  bytes: 'say how much it was',
  change: 'say what was changed',
  choice: 'say what was chosen',
  code: 'say why it was refused',
  command: 'name the command of the operator',
  count: 'count what happened',
  durationMs: 'say how long somebody looked',
  expiresAtMs: 'say until when it is good',
  field: 'name a field of a message that its owner did not allow',
  format: 'say in which form data was exported',
  found: 'count what a proof found',
  hash: 'tell one list of fields from another',
  integration: 'say which kind of channel it is',
  isChange: 'tell a function that changes the agent from one that looks',
  isAgain: 'tell a proof from a sign-in',
  isOn: 'say whether it was switched on',
  items: 'count items',
  kind: 'name a kind of ours',
  method: 'say how somebody signed in, or asked',
  nodes: 'count nodes',
  outcome: 'say how it ended',
  people: 'count people',
  places: 'count places a proof looked at',
  recurs: 'say whether a silence comes again',
  repeats: 'count refusals of the same minute',
  role: 'say which role it was',
  rows: 'count rows',
  rules: 'count rules',
  scope: 'say what a token or an export is for',
  step: 'say which step of it',
  syslog: 'say where events are delivered',
  table: 'name a table of the mirror',
  uses: 'say how often a token may be used',
  verdict: 'say what a proof came to',
  version: 'say which version of a document it was',
  webhook: 'say where events are delivered',
  what: 'say what was changed, in a word of ours',
  why: 'say why, in a word of ours',
} as const satisfies Readonly<Record<string, string>>

export type AuditDetail = keyof typeof auditDetails
/** A few short words that are not personal: a role, a scope, a count. */
export type AuditDetails = { readonly [K in AuditDetail]?: string | number | boolean }
