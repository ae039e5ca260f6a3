import { createInterface } from 'node:readline/promises'
import { confirmation, loadConfirmed, waitingFields, type Confirmer } from '../../agent-link/egress/confirmed.ts'
import { egressManifest, manifestFields, manifestVersion } from '../../agent-link/egress/manifest.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { CliContext } from './command.ts'

/** The list in short: a line for each kind of message, with its fields. */
function manifestLines(): readonly string[] {
  const width = 100
  return Object.entries(egressManifest).flatMap(([message, fields]) => {
    const names = Object.keys(fields)
    const lines: string[] = []
    let line = ''
    for (const name of names) {
      if (line !== '' && line.length + name.length + 2 > width) {
        lines.push(line)
        line = ''
      }
      line += `${line === '' ? '' : ', '}${name}`
    }
    return [message, ...[...lines, line].map((text) => `    ${text}`)]
  })
}

/** The name of today's list: its version and the beginning of its hash. */
export function manifestName(): string {
  return `version ${manifestVersion}, ${confirmation('terminal', 0).hash.slice(0, 16)}`
}

/**
 * Has the owner confirm what may leave: a list that was confirmed and did not grow is not asked for again, a flag answers for scripts, and a
 * person at a terminal is asked. Throws EGRESS_UNCONFIRMED when the answer is no, or when there is nobody to ask.
 */
export async function confirmManifest(context: CliContext, folder: string, isAccepted: boolean): Promise<Confirmer> {
  if (isAccepted) return 'flag'
  const kept = await loadConfirmed(folder).catch(() => undefined)
  if (kept !== undefined && waitingFields(kept, manifestFields).length === 0) return kept.by
  context.print(`What may leave this host, as egress manifest ${manifestName()}:`)
  for (const line of manifestLines()) context.print(`  ${line}`)
  context.print('Masked before it leaves: command lines, URLs, query texts, secrets; egress.json in the agent folder says more.')
  context.print('throughline manifest says what each field is for, and claim --dry-run shows every byte.')
  const how = 'Read the list, then claim again with --accept-manifest.'
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new ThroughlineError('EGRESS_UNCONFIRMED', `Nothing was sent: nobody is here to confirm it. ${how}`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await terminal.question('May this leave this host? (yes/no) ', { signal: context.stop })
    if (/^\s*y(?:es)?\s*$/i.test(answer)) return 'terminal'
  } finally {
    terminal.close()
  }
  throw new ThroughlineError('EGRESS_UNCONFIRMED', 'Nothing was sent: you did not confirm it.')
}
