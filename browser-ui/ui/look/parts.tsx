import { useState, useSyncExternalStore, type ReactNode } from 'react'
import type { NodeState } from '../../../src/domain/model.ts'
import { freshness } from '../../offline/page-freshness.ts'
import { putOnClipboard } from '../copy-text.ts'
import { icons } from './icons.tsx'
import { toasts } from '../messages/toasts.ts'

/** The words for each node state. */
export const stateWords: Readonly<Record<NodeState, string>> = { live: 'Live', stale: 'Stale', offline: 'Offline', unseen: 'Not seen yet' }

/** State as a dot of its own shape and a word: never colour alone. */
export function StatePill({ state }: { readonly state: NodeState }) {
  const { isLost } = useSyncExternalStore(freshness.subscribe, freshness.current)
  return (
    <span className="state" data-state={state} data-known={isLost ? 'last' : undefined}>
      <span className="state-dot" aria-hidden="true" />
      {stateWords[state]}
      {isLost ? <span className="visually-hidden">, last known</span> : null}
    </span>
  )
}

/** A message in place of content: what is so, why, and what to do. */
export function Notice({
  icon,
  title,
  children,
  action,
  isPage = false,
}: {
  readonly icon: ReactNode
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
  /** It is all there is on the page, so its title is the page's heading. */
  readonly isPage?: boolean
}) {
  const Heading = isPage ? 'h1' : 'h2'
  return (
    <div className="notice" role="status">
      <div className="notice-icon">{icon}</div>
      <Heading className="notice-title">{title}</Heading>
      {children === undefined ? null : <div className="notice-text">{children}</div>}
      {action}
    </div>
  )
}

/** Something that failed, with a way to try again. */
export function Failure({ title, error, onRetry }: { readonly title: string; readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <Notice
      icon={icons.warning}
      title={title}
      action={
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      }
    >
      <p>{error instanceof Error ? error.message : 'Something went wrong.'}</p>
    </Notice>
  )
}

/** Grey bars where content will be. */
export function Skeleton({ lines, label }: { readonly lines: number; readonly label: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  )
}

/** Copies a text and says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setIsCopied] = useState(false)
  const copy = async () => {
    if (!(await putOnClipboard(text))) {
      toasts.show({ tone: 'error', text: 'This browser does not let the page copy here.' })
      return
    }
    setIsCopied(true)
    window.setTimeout(() => setIsCopied(false), 1600)
  }
  return (
    <button type="button" className="copy-button" onClick={() => void copy()} aria-label={isCopied ? 'Copied' : label}>
      {isCopied ? icons.check : icons.copy}
      <span aria-hidden="true">{isCopied ? 'Copied' : 'Copy'}</span>
    </button>
  )
}

/** A command to run, or another text to take elsewhere, with its copy button. */
export function Command({ text, label = 'Copy this command' }: { readonly text: string; readonly label?: string }) {
  return (
    <div className="command">
      <pre>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  )
}
