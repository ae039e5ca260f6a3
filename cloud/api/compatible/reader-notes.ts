import type { AuditEvent, Auditor } from '../../../src/domain/audit.ts'
import type { NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Role } from '../../../src/domain/model.ts'

/** What was done at an agent, by whom; structurally the relay's note. */
interface ReaderNote {
  readonly reader: { readonly spaceId: SpaceId; readonly personId: PersonId; readonly via: AuditEvent['via'] }
  readonly nodeId: NodeId
}

/** What readers do at agents as events of the audit; resolves when the event is kept. */
export function createReaderNotes(auditor: Auditor) {
  const who = ({ reader: { spaceId, personId, via }, nodeId }: ReaderNote) => ({ spaceId, personId, via, nodeId })
  return {
    onFunctionRun: (note: ReaderNote & { readonly name: string; readonly isChange: boolean }): Promise<void> =>
      auditor.record({
        ...who(note),
        action: 'function-run',
        subject: { kind: 'function', id: note.name },
        details: note.isChange ? { isChange: true } : {},
      }),
    onDenied: ({
      reader,
      need,
    }: {
      readonly reader: ReaderNote['reader'] & { readonly role: Role }
      readonly need: string
    }): Promise<void> =>
      auditor.record({
        spaceId: reader.spaceId,
        personId: reader.personId,
        via: reader.via,
        action: 'access-denied',
        subject: { kind: 'route', id: need },
        details: { role: reader.role },
      }),
    onTokenMinted: (note: ReaderNote): Promise<void> =>
      auditor.record({ ...who(note), action: 'agent-token-minted', subject: { kind: 'node', id: note.nodeId } }),
  }
}
