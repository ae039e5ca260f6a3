import { openInstallation } from '../compose.ts'
import { canonicalUuid, type SpaceId } from '../domain/ids.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type Command } from './command.ts'

const reasons: Readonly<Record<string, string>> = {
  unreadable: 'it cannot be read',
  missing: 'it is missing',
  changed: 'it is not as it was written',
  'not-linked': 'it does not hold the entry before it',
  head: 'the end of the chain is not as it was written',
}

export const audit: Command = {
  summary: 'audit verify proves the chains of the audit, audit export prints them as JSON lines; both also without a running cloud',
  operands: 'verify|export',
  options: {
    space: { type: 'string', value: '<id>', doc: 'only the chain of this space; `installation` for what belongs to none; default all' },
    json: { type: 'boolean', doc: 'verify: as JSON' },
  },
  async run(context, values, operands) {
    const [action] = operands
    if (operands.length !== 1 || (action !== 'verify' && action !== 'export'))
      throw new ThroughlineError('USAGE', 'Say what to do: npx throughline audit verify, or audit export.')
    const space = textOption(values, 'space')
    const chainId: SpaceId | 'installation' | undefined =
      space === 'installation' ? 'installation' : (canonicalUuid(space) as SpaceId | undefined)
    if (space !== undefined && chainId === undefined)
      throw new ThroughlineError('USAGE', '--space wants the id of a space, or "installation".')
    const installation = await openInstallation(context.config(), { clock: context.clock })
    try {
      const chains = chainId === undefined ? await installation.audit.everyChain() : [chainId]
      if (action === 'export') {
        for (const chain of chains)
          for await (const entry of installation.audit.forwards(chain, {})) context.print(JSON.stringify({ chain, ...entry }))
        await installation.record({ action: 'audit-exported', subject: { kind: 'audit', id: space ?? 'all' } })
        return
      }
      const proofs = []
      for (const chain of chains) proofs.push({ chain, ...(await installation.audit.verify(chain)) })
      if (values['json'] === true) context.print(JSON.stringify({ chains: proofs }, null, 2))
      else
        for (const { chain, isWhole, length, beginsAt, brokenAt, reason } of proofs) {
          const from = beginsAt === 1 ? '' : ` from number ${beginsAt} on`
          if (isWhole && length === 0) context.print(`${chain}: no entries.`)
          else if (isWhole) context.print(`${chain}: whole, ${length} entries${from}.`)
          else
            context.print(
              `${chain}: BROKEN at entry ${brokenAt}: ${reasons[reason ?? ''] ?? 'it is not as it was written'}. Number of whole entries before it: ${length}.`,
            )
        }
      const broken = proofs.filter(({ isWhole }) => !isWhole)
      if (broken.length > 0)
        throw new ThroughlineError(
          'AUDIT_BROKEN',
          `${broken.length} of ${proofs.length} chains are broken; keep the store as it is and compare it with an export or a backup.`,
        )
    } finally {
      await installation.close()
    }
  },
}
