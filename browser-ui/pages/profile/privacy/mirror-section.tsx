import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  lagWords,
  mirrorProblems,
  reasonWords,
  sinkWords,
  waitingWords,
  type DeadLetter,
  type MirrorAnswer,
} from '../../../data/account/mirror-words.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'
import { useNow, useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Problem } from '../../../ui/look/problem.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Ago, Answer, Group } from '../parts.tsx'
import './privacy.css'

const lookEveryMs = 5_000
const mirrorQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['mirror'],
    queryFn: async () => (await request.get('/mirror')) as MirrorAnswer,
    refetchInterval: lookEveryMs,
  })

/** How the mirror is doing, for whoever owns the installation: how far it is behind, and the rows it refused (D6). */
export function MirrorSection() {
  useTitle('Mirror')
  const { request } = useServices()
  const mirror = useQuery(mirrorQuery(request))
  const nowMs = useNow(1_000)
  return (
    <>
      <h1>Mirror</h1>
      <Group
        title="How far it is"
        intro="A copy of the metadata for questions of analysis: pseudonyms, counts and times, without addresses, names and texts of people."
      >
        <Answer query={mirror} title="The mirror cannot be looked at">
          {(answer) => (
            <>
              {mirrorProblems(answer).map((problem) => (
                <p key={problem} className="form-error" role="status">
                  {icons.warning} <span>{problem}</span>
                </p>
              ))}
              <dl className="held-facts">
                <div>
                  <dt>Where</dt>
                  <dd>{sinkWords[answer.sink]}</dd>
                </div>
                {answer.sink === 'off' ? null : (
                  <>
                    <div>
                      <dt>Waits</dt>
                      <dd>{waitingWords(answer)}</dd>
                    </div>
                    <div>
                      <dt>Behind by</dt>
                      <dd>{lagWords(answer, nowMs)}</dd>
                    </div>
                    <div>
                      <dt>Last loaded</dt>
                      <dd>{answer.lastLoadedAtMs === null ? 'Never' : <Ago atMs={answer.lastLoadedAtMs} nowMs={nowMs} />}</dd>
                    </div>
                  </>
                )}
              </dl>
            </>
          )}
        </Answer>
      </Group>
      {mirror.data === undefined || mirror.data.sink === 'off' ? null : <Letters letters={mirror.data.deadLetters} nowMs={nowMs} />}
    </>
  )
}

function Letters({ letters, nowMs }: { readonly letters: readonly DeadLetter[]; readonly nowMs: number }) {
  const { request } = useServices()
  const client = useQueryClient()
  const again = () => client.invalidateQueries({ queryKey: ['mirror'] })
  const place = ({ letterId }: DeadLetter) => `/mirror/dead-letters/${encodeURIComponent(letterId)}`
  const retrying = useMutation({
    mutationFn: async (letter: DeadLetter) => (await request.post(`${place(letter)}/retry`, {})) as { outcome: 'loaded' | 'refused' },
    onSuccess: ({ outcome }) =>
      outcome === 'loaded'
        ? toasts.show({ tone: 'good', text: 'The row is in the mirror.' })
        : toasts.show({ tone: 'error', text: 'The mirror refused the row again.' }),
    onSettled: again,
  })
  const dropping = useMutation({
    mutationFn: (letter: DeadLetter) => request.delete(place(letter)),
    onSuccess: () => toasts.show({ tone: 'good', text: 'The row is given up. It comes back with the next change of what it stands for.' }),
    onSettled: again,
  })
  const isOff = retrying.isPending || dropping.isPending
  return (
    <Group
      title="Refused rows"
      intro="What a row says is not kept here, only which one it is, by its pseudonym. Each also goes by itself with the next good change."
    >
      {letters.length === 0 ? (
        <p>No row was refused.</p>
      ) : (
        <ul className="held-rows" aria-label="Refused rows">
          {letters.map((letter) => (
            <li key={letter.letterId}>
              <div className="request-row">
                <p>
                  <strong>
                    <bdi>{letter.table}</bdi>
                  </strong>{' '}
                  <code>{letter.key}</code>
                </p>
                <p className="held-note">
                  <bdi>{reasonWords(letter.reason)}</bdi> Refused <Ago atMs={letter.atMs} nowMs={nowMs} />.
                </p>
                <div className="profile-buttons">
                  <button type="button" className="button is-small" disabled={isOff} onClick={() => retrying.mutate(letter)}>
                    Try again<span className="visually-hidden"> {`${letter.table} ${letter.key}`}</span>
                  </button>
                  <button type="button" className="button is-small" disabled={isOff} onClick={() => dropping.mutate(letter)}>
                    Give up<span className="visually-hidden"> {`${letter.table} ${letter.key}`}</span>
                  </button>
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Problem error={retrying.error ?? dropping.error} />
    </Group>
  )
}
