import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { methodWords } from '../../data/account/method-words.ts'
import { useNow, useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { Ago, Answer, Group, momentText } from './parts.tsx'
import { profileDeeds, profileQueries, type SignedInBrowser } from './profile-api.ts'

/** Where this person is signed in, and how to end that. */
export function BrowsersSection() {
  useTitle('Signed-in browsers')
  const { request } = useServices()
  const client = useQueryClient()
  const browsers = useQuery({ ...profileQueries(request).browsers, refetchInterval: 30_000 })
  const ending = useMutation({
    mutationFn: () => profileDeeds(request).endOtherBrowsers(),
    onSuccess: () => toasts.show({ tone: 'good', text: 'Every other browser is signed out. It notices within seconds.' }),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['my-sign-ins'] }),
  })
  const others = browsers.data?.filter(({ isCurrent }) => !isCurrent).length ?? 0
  return (
    <>
      <h1>Signed-in browsers</h1>
      <Group
        title="Where you are signed in"
        intro="Do you not know one of them? End it, and look at your ways to sign in. One that is not used for a week ends by itself."
        tools={
          <button type="button" className="button" disabled={others === 0 || ending.isPending} onClick={() => ending.mutate()}>
            End all others
          </button>
        }
      >
        <Answer query={browsers} title="Your browsers cannot be read">
          {(rows) => (
            <ul className="profile-list" aria-label="Signed-in browsers">
              {[...rows]
                .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.lastUsedAtMs - a.lastUsedAtMs)
                .map((browser) => (
                  <Browser key={browser.signInId} browser={browser} />
                ))}
            </ul>
          )}
        </Answer>
      </Group>
    </>
  )
}

function Browser({ browser }: { readonly browser: SignedInBrowser }) {
  const { request } = useServices()
  const client = useQueryClient()
  const nowMs = useNow(60_000)
  const name = browser.agent ?? 'Unknown browser'
  const ending = useMutation({
    mutationFn: () => profileDeeds(request).endBrowser(browser.signInId),
    onSuccess: () => toasts.show({ tone: 'good', text: `${name} is signed out. It notices within seconds.` }),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['my-sign-ins'] }),
  })
  return (
    <li data-current={browser.isCurrent}>
      <div className="profile-item">
        <strong>
          {name}
          {browser.isCurrent ? <span className="profile-mark">{icons.check} This browser</span> : null}
        </strong>
        <small>
          {browser.method === undefined ? '' : `${methodWords(browser.method)}, `}
          since {momentText(browser.createdAtMs, nowMs)},{' '}
          {browser.isCurrent ? (
            'in use now'
          ) : (
            <>
              used <Ago atMs={browser.lastUsedAtMs} nowMs={nowMs} />
            </>
          )}
        </small>
      </div>
      {browser.isCurrent ? null : (
        <button
          type="button"
          className="button is-small"
          aria-label={`End ${name}, signed in ${momentText(browser.createdAtMs, nowMs)}`}
          disabled={ending.isPending}
          onClick={() => ending.mutate()}
        >
          End
        </button>
      )}
    </li>
  )
}
