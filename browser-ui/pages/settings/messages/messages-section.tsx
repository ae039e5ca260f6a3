import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { messageFilterOf, messageStates, messageStateWords, messageTitle, queueWords } from '../../../data/settings/message-answers.ts'
import type { MessageFilter, MessageRow } from '../../../data/settings/message-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { usePageSearch } from '../../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { channelsQuery } from '../channels/channels-api.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { MessageList } from './message-list.tsx'
import { messagesApi, messagesQuery } from './messages-api.ts'
import './messages.css'

/** What is on its way to channels and browsers, and what became of it; renewed by itself. */
export function MessagesSection() {
  useTitle('Messages')
  const { request, live } = useServices()
  const client = useQueryClient()
  const { may } = useSpaceDetails()
  const [search] = usePageSearch()
  const filter = messageFilterOf(search)
  const isFiltered = filter.target !== '' || filter.state !== ''
  const pages = useInfiniteQuery(messagesQuery(request, filter))
  const [dropping, setDropping] = useState<MessageRow>()
  useEffect(() => live.holdOpen(), [live])
  const renew = () => client.invalidateQueries({ queryKey: ['messages'] })
  const retrying = useMutation({
    mutationFn: (message: MessageRow) => messagesApi.retry(request, message.messageId),
    onSuccess: () => toasts.show({ tone: 'info', text: 'It is tried once more.' }),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: renew,
  })
  const removal = useMutation({
    mutationFn: (message: MessageRow) => messagesApi.drop(request, message.messageId),
    onSuccess: () => setDropping(undefined),
    onSettled: renew,
  })
  const rows = pages.data?.pages.flatMap(({ messages }) => messages)
  const [newest] = pages.data?.pages ?? []
  const mayChange = may('channels.change')
  return (
    <>
      <SectionHead title="Messages">
        What channels and your browsers were told in the last seven days.
        {newest === undefined ? null : ` ${queueWords(newest)}`}
      </SectionHead>
      {mayChange ? null : <WhoMayChange permission="channels.change" />}
      <MessageFilters filter={filter} rows={rows ?? []} />
      {rows === undefined ? (
        pages.isError ? (
          <Failure title="The messages cannot be read" error={pages.error} onRetry={() => void pages.refetch()} />
        ) : (
          <Skeleton lines={8} label="Loading messages" />
        )
      ) : rows.length === 0 ? (
        <Notice icon={icons.bell} title={isFiltered ? 'Nothing matches' : 'Nothing was told yet'}>
          <p>{isFiltered ? 'Take a filter away.' : 'When an alert changes, what channels are told of it is listed here.'}</p>
        </Notice>
      ) : (
        <>
          <MessageList
            messages={rows}
            mayChange={mayChange}
            retryingId={retrying.isPending ? retrying.variables.messageId : undefined}
            onRetry={(message) => retrying.mutate(message)}
            onDrop={setDropping}
          />
          <div className="messages-more">
            {pages.hasNextPage ? (
              <button type="button" className="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {pages.isFetchingNextPage ? 'Loading…' : 'Older messages'}
              </button>
            ) : (
              <p className="settings-note">This is the oldest message{isFiltered ? ' that matches' : ''}.</p>
            )}
          </div>
        </>
      )}
      {dropping === undefined ? null : (
        <ConfirmDialog
          title="Drop this message"
          button="Drop the message"
          deed={{ isPending: removal.isPending, error: removal.error, mutate: () => removal.mutate(dropping) }}
          onClose={() => {
            removal.reset()
            setDropping(undefined)
          }}
        >
          <p>
            “{messageTitle(dropping)}” is not sent to {dropping.targetName} any more. It stays in this list, and nothing sends it later.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

/** What is looked for: kept in the address, so that a view can be sent to somebody. */
function MessageFilters({ filter, rows }: { readonly filter: MessageFilter; readonly rows: readonly MessageRow[] }) {
  const { request } = useServices()
  const [, change] = usePageSearch()
  const channels = useQuery(channelsQuery(request)).data ?? []
  // Browsers and deleted channels are known by what was sent to them.
  const others = new Map(rows.map(({ targetId, targetName }) => [targetId, targetName]))
  for (const { channelId } of channels) others.delete(channelId)
  const isKnown = filter.target === '' || others.has(filter.target) || channels.some(({ channelId }) => channelId === filter.target)
  return (
    <form className="card messages-filters" aria-label="Filter the messages" onSubmit={(event) => event.preventDefault()}>
      <label>
        To
        <select value={filter.target} onChange={(event) => change({ target: event.target.value })}>
          <option value="">Every channel</option>
          {channels.map(({ channelId, name }) => (
            <option key={channelId} value={channelId}>
              {name}
            </option>
          ))}
          {[...others].map(([targetId, name]) => (
            <option key={targetId} value={targetId}>
              {name}
            </option>
          ))}
          {isKnown ? null : <option value={filter.target}>A channel that is gone</option>}
        </select>
      </label>
      <label>
        State
        <select value={filter.state} onChange={(event) => change({ state: event.target.value })}>
          <option value="">Every state</option>
          {messageStates.map((state) => (
            <option key={state} value={state}>
              {messageStateWords[state]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="button is-quiet"
        disabled={filter.target === '' && filter.state === ''}
        onClick={() => change({ target: undefined, state: undefined })}
      >
        Clear
      </button>
    </form>
  )
}
