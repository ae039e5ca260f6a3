import { useMutation } from '@tanstack/react-query'
import { testWords, type TestKind } from '../../../data/settings/channel-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { channelsApi } from './channels-api.ts'

const kinds = Object.keys(testWords) as readonly TestKind[]

/** Sends a test to a channel as it is saved, and says how it went. */
export function ChannelTests({ channelId }: { readonly channelId: string }) {
  const { request } = useServices()
  const test = useMutation({ mutationFn: (kind: TestKind) => channelsApi.test(request, channelId, kind) })
  return (
    <fieldset className="channel-tests">
      <legend>Try it</legend>
      <p className="settings-note">
        A test goes out at once, by what is saved, and says that it is one. Where a service keeps incidents, the test of the end closes that
        of the alert.
      </p>
      <div className="channel-tests-buttons">
        {kinds.map((kind) => (
          <button key={kind} type="button" className="button is-small" disabled={test.isPending} onClick={() => test.mutate(kind)}>
            {test.isPending && test.variables === kind ? 'Sending…' : testWords[kind]}
          </button>
        ))}
      </div>
      <p role="status" className={test.data?.isDelivered === true ? 'channel-test is-good' : 'channel-test is-bad'}>
        {test.isPending ? '' : test.isError ? test.error.message : test.data === undefined ? '' : wordsOf(test.data)}
      </p>
    </fieldset>
  )
}

function wordsOf({ isDelivered, problem, tookMs }: { isDelivered: boolean; problem: string | null; tookMs: number }) {
  if (isDelivered)
    return (
      <>
        {icons.check} It was taken after {tookMs < 1_000 ? `${tookMs} ms` : `${(tookMs / 1_000).toFixed(1)} s`}.
      </>
    )
  return (
    <>
      {icons.warning} {problem}
    </>
  )
}
