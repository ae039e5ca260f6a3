import { confirmation, loadConfirmed, saveConfirmed, waitingFields, earlierClaim } from '../../agent-link/egress/confirmed.ts'
import { egressManifest } from '../../agent-link/egress/manifest.ts'
import { loadClaim } from '../../agent-link/claim/claim-files.ts'
import type { Command } from './command.ts'
import { manifestName } from './confirm-manifest.ts'
import { agentFolder, sourceOptions } from './source-options.ts'

export const manifest: Command = {
  summary: 'shows what may leave this host, and what waits for your word; with --accept confirms it',
  options: {
    accept: { type: 'boolean', doc: 'confirm the whole list as it is now' },
    json: { type: 'boolean', doc: 'as JSON' },
    folder: sourceOptions['folder'] ?? { type: 'string', doc: '' },
  },
  async run(context, values) {
    const folder = agentFolder(context, values)
    if (values['accept'] === true) {
      await saveConfirmed(folder, confirmation('flag', context.clock.nowMs()))
      context.print(`Confirmed: egress manifest ${manifestName()}. A running agent takes it up within seconds.`)
      return
    }
    const kept = await loadConfirmed(folder)
    const isClaimed = (await loadClaim(folder)) !== undefined
    const confirmed = kept ?? (isClaimed ? earlierClaim : undefined)
    const waiting = confirmed === undefined ? [] : waitingFields(confirmed)
    if (values['json'] === true) {
      const { hash, fields } = confirmation('flag', 0)
      return context.print(JSON.stringify({ hash, fields, reasons: egressManifest, confirmed: confirmed ?? null, waiting }, null, 2))
    }
    context.print(`Egress manifest ${manifestName()}: everything that may leave this host.`)
    for (const [message, fields] of Object.entries(egressManifest)) {
      context.print('')
      context.print(message)
      for (const [field, reason] of Object.entries(fields)) {
        context.print(`  ${waiting.includes(`${message} ${field}`) ? 'WAITS ' : ''}${field}: ${reason}`)
      }
    }
    context.print('')
    if (confirmed === undefined) context.print('Nothing is confirmed on this host yet; throughline claim asks.')
    else if (confirmed.by === 'earlier-claim')
      context.print('This host was claimed before owners were asked; throughline manifest --accept confirms the list.')
    else context.print(`Confirmed ${new Date(confirmed.confirmedAtMs).toISOString()} (${confirmed.by}), ${confirmed.hash.slice(0, 16)}.`)
    for (const field of waiting) context.print(`Waits for your word, and does not leave: ${field}`)
  },
}
