import { useQuery } from '@tanstack/react-query'
import { icons } from '../../ui/look/icons.tsx'
import { useServices } from '../../ui/services.ts'
import { attemptsSince } from './attempts.ts'

/** What agents tried since the token was made, and what mends it; renewed while it is looked at. */
export function ConnectAttempts({ sinceMs }: { readonly sinceMs: number }) {
  const { api } = useServices()
  const attempts = useQuery({ queryKey: ['connect-attempts'], queryFn: () => api.connectAttempts(), refetchInterval: 2000 })
  const rows = attemptsSince(attempts.data ?? [], sinceMs)
  if (rows.length === 0) return null
  return (
    <ul className="attempts" role="log" aria-label="What agents tried">
      {rows.map(({ firstAtMs, address, stage, reason, isGood, sentence, mend, claimId, count }) => (
        <li key={[firstAtMs, address, stage, reason, claimId].join(' ')} data-good={isGood} data-reason={reason}>
          <span className="attempt-icon">{isGood ? icons.check : icons.warning}</span>
          <div>
            <p>
              {sentence}
              {count > 1 ? <span className="attempt-count"> {count} times.</span> : null}
            </p>
            {mend === '' ? null : (
              <p>
                <strong>Mend:</strong> {mend}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
