import { messageNodes, messageStateWords, messageTitle, type MessageRow } from '../../../data/settings/message-answers.ts'
import { useMoment } from '../use-moment.ts'

/** Messages, the newest first; of those that failed or wait it can be decided what becomes of them. */
export function MessageList({
  messages,
  mayChange,
  retryingId,
  onRetry,
  onDrop,
}: {
  readonly messages: readonly MessageRow[]
  readonly mayChange: boolean
  readonly retryingId: string | undefined
  readonly onRetry: (message: MessageRow) => void
  readonly onDrop: (message: MessageRow) => void
}) {
  return (
    <ul className="card settings-list" aria-label="Messages">
      {messages.map((message) => (
        <MessageLine
          key={message.messageId}
          message={message}
          mayChange={mayChange}
          isRetrying={retryingId === message.messageId}
          onRetry={() => onRetry(message)}
          onDrop={() => onDrop(message)}
        />
      ))}
    </ul>
  )
}

function MessageLine({
  message,
  mayChange,
  isRetrying,
  onRetry,
  onDrop,
}: {
  readonly message: MessageRow
  readonly mayChange: boolean
  readonly isRetrying: boolean
  readonly onRetry: () => void
  readonly onDrop: () => void
}) {
  const moment = useMoment(true)
  const { messageId, targetName, state, problem, attempts, createdAtMs, nextAttemptAtMs } = message
  const title = messageTitle(message)
  const nodes = messageNodes(message)
  const isPending = state === 'failed' || state === 'waiting'
  return (
    <li className="settings-row messages-row" data-message={messageId} data-state={state}>
      <span className="messages-state">{messageStateWords[state]}</span>
      <span className="settings-row-text">
        <span className="settings-row-name" title={title}>
          {title}
        </span>
        <span className="settings-note messages-where">
          {nodes === '' ? '' : `${nodes} · `}to <bdi>{targetName}</bdi>
        </span>
        {problem === null ? null : (
          <span className="messages-problem">
            {problem}
            {attempts > 1 ? ` Tried ${attempts} times.` : ''}
            {state === 'waiting' && nextAttemptAtMs !== null ? ` The next try is at ${moment(nextAttemptAtMs)}.` : ''}
          </span>
        )}
      </span>
      <time className="settings-note messages-when" dateTime={new Date(createdAtMs).toISOString()}>
        {moment(createdAtMs)}
      </time>
      {mayChange && isPending ? (
        <span className="settings-row-deeds">
          <button type="button" className="button is-small" disabled={isRetrying} onClick={onRetry}>
            Try again<span className="visually-hidden">: {title}</span>
          </button>
          <button type="button" className="button is-small is-quiet" onClick={onDrop}>
            Drop<span className="visually-hidden">: {title}</span>
          </button>
        </span>
      ) : null}
    </li>
  )
}
