import { useQuery } from '@tanstack/react-query'
import { detailWords, subjectWords, whoWords, wordsOfAction, wordsOfVia } from '../../../data/audit/audit-words.ts'
import type { AuditEntry } from '../../../data/audit/audit-answers.ts'
import { useServices } from '../../../ui/services.ts'
import { membersQuery } from '../settings-api.ts'
import { useMoment } from '../use-moment.ts'

/** Entries of the audit, a row each; on a phone one below the other. */
export function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const { request } = useServices()
  const members = useQuery(membersQuery(request)).data ?? []
  const moment = useMoment(true)
  // The audit keeps ids; whoever is still a member has a name here.
  const subjectOf = ({ subject }: AuditEntry) => {
    const member = subject?.kind === 'member' ? members.find(({ memberId }) => memberId === subject.id) : undefined
    return member?.email ?? subjectWords(subject)
  }
  return (
    <div className="card audit-table" role="region" aria-label="Entries of the audit" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">About</th>
            <th scope="col">More</th>
            <th scope="col">Entry</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq} data-action={entry.action}>
              <td className="audit-when">
                <time dateTime={new Date(entry.atMs).toISOString()}>{moment(entry.atMs)}</time>
              </td>
              <td className="audit-text">
                {whoWords(entry)}
                {entry.by === null || wordsOfVia(entry.via) === '' ? null : <span className="settings-note"> {wordsOfVia(entry.via)}</span>}
              </td>
              <td>{wordsOfAction(entry.action)}</td>
              <td className="audit-text" title={entry.subject?.id}>
                {subjectOf(entry)}
              </td>
              <td className="audit-text settings-note">{detailWords(entry.details, moment)}</td>
              <td>
                <code className="audit-hash" title={entry.hash}>
                  {entry.seq} · {entry.hash.slice(0, 8)}
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
