import { useMutation, useQuery } from '@tanstack/react-query'
import { forgetAnalytics, shutAnalytics, tellOtherPages } from '../../../consent/stop-analytics.ts'
import { pageClock } from '../../../link/page-clock.ts'
import { useServices } from '../../../ui/services.ts'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { Answer, Group, momentText } from '../parts.tsx'
import { privacyDeeds, privacyQueries, type Consent } from './privacy-api.ts'

/** The choice about analytics, in sight and reversible (U2). */
export function ConsentGroup() {
  const { request } = useServices()
  const consent = useQuery(privacyQueries(request).consent)
  return (
    <div id="analytics">
      <Group title="Analytics">
        <Answer query={consent} title="Your choice cannot be read">
          {(data) =>
            data.provider === null ? <p>There are none here. Nothing of this page is told to anybody.</p> : <Choice consent={data} />
          }
        </Answer>
      </Group>
    </div>
  )
}

function Choice({ consent: { provider, choice, chosenAtMs } }: { readonly consent: Consent }) {
  const { request } = useServices()
  const choosing = useMutation({
    async mutationFn(next: 'granted' | 'withdrawn') {
      // From the click on nothing more may leave, whatever the script still has in mind.
      if (next === 'withdrawn') {
        shutAnalytics()
        tellOtherPages('shut')
      }
      await privacyDeeds(request).choose(next)
      if (next === 'withdrawn') {
        forgetAnalytics()
        tellOtherPages('withdrawn')
      }
      // Only a page that is loaded anew is without it, or may load it.
      window.location.reload()
    },
  })
  if (provider === null) return null
  return (
    <>
      <p>
        Whoever runs this cloud would like to use <bdi>{provider.name}</bdi> ({provider.domains.join(', ')}) to{' '}
        <bdi>{provider.purpose}</bdi>. It learns which pages you open, never what your charts show, unless it reads the page itself: it is a
        program of somebody else.
      </p>
      <p role="status">
        {choice === null
          ? 'You have not chosen. Nothing of it is loaded.'
          : choice === 'granted'
            ? `You allowed it${chosenAtMs === null ? '' : ` (${momentText(chosenAtMs, pageClock.nowMs())})`}.`
            : `You said no${chosenAtMs === null ? '' : ` (${momentText(chosenAtMs, pageClock.nowMs())})`}. Nothing of it is loaded.`}
      </p>
      <div className="profile-buttons">
        {choice === 'granted' ? (
          <button type="button" className="button" disabled={choosing.isPending} onClick={() => choosing.mutate('withdrawn')}>
            Stop it now
          </button>
        ) : (
          <>
            <button type="button" className="button" disabled={choosing.isPending} onClick={() => choosing.mutate('granted')}>
              Allow it
            </button>
            {choice === null ? (
              <button type="button" className="button" disabled={choosing.isPending} onClick={() => choosing.mutate('withdrawn')}>
                Say no
              </button>
            ) : null}
          </>
        )}
      </div>
      {choosing.isError ? <FormError>{choosing.error.message}</FormError> : null}
    </>
  )
}
