import { useEffect, useRef, useSyncExternalStore } from 'react'
import { createCountdown, messageMs } from '../../data/shell/countdown.ts'
import { pageClock } from '../../link/page-clock.ts'
import { icons } from '../look/icons.tsx'
import { toasts, type Toast } from './toasts.ts'

const shownMax = 4

/** The element that F6 leads to. */
export const toastAreaId = 'messages'

/** Messages in the corner. They wait while one looks at them or is elsewhere, and F6 leads to them. */
export function ToastArea() {
  const list = useSyncExternalStore(toasts.subscribe, toasts.list)
  return (
    <section id={toastAreaId} className="toasts" aria-label="Messages (F6)" tabIndex={-1}>
      <ol aria-live="polite" aria-relevant="additions">
        {list.slice(-shownMax).map((toast) => (
          <ToastItem key={toast.id} toast={toast} />
        ))}
      </ol>
    </section>
  )
}

const toneIcons = { info: icons.info, good: icons.check, error: icons.warning } as const

function ToastItem({ toast }: { readonly toast: Toast }) {
  const { id, tone, text, action, stays = false } = toast
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    const element = item.current
    if (element === null || stays) return undefined
    const countdown = createCountdown(pageClock, action === undefined ? messageMs.plain : messageMs.withAction, () => toasts.dismiss(id))
    const held = new Set<string>()
    const hold = (why: string) => () => {
      if (held.size === 0) countdown.hold()
      held.add(why)
    }
    const release = (why: string) => () => {
      if (held.delete(why) && held.size === 0) countdown.release()
    }
    const seen = () => (document.hidden ? hold('hidden')() : release('hidden')())
    seen()
    const listeners = [
      ['pointerenter', hold('pointer')],
      ['pointerleave', release('pointer')],
      ['focusin', hold('focus')],
      ['focusout', release('focus')],
    ] as const
    for (const [name, listener] of listeners) element.addEventListener(name, listener)
    document.addEventListener('visibilitychange', seen)
    return () => {
      countdown.cancel()
      document.removeEventListener('visibilitychange', seen)
      for (const [name, listener] of listeners) element.removeEventListener(name, listener)
    }
  }, [id, action, stays])
  const close = () => {
    moveFocusOn(item.current)
    toasts.dismiss(id)
  }
  return (
    <li
      ref={item}
      className="toast"
      data-tone={tone}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      <span className="toast-icon">{toneIcons[tone]}</span>
      <span className="toast-text" role={tone === 'error' ? 'alert' : undefined}>
        {text}
      </span>
      {action === undefined ? null : (
        <button
          type="button"
          className="toast-action"
          onClick={() => {
            close()
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className="icon-button is-small" aria-label="Close this message" onClick={close}>
        {icons.close}
      </button>
    </li>
  )
}

/** The focus must not fall out of the page with a message that is closed. */
function moveFocusOn(item: HTMLLIElement | null): void {
  if (item?.contains(document.activeElement) !== true) return
  const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector('button')
  ;(next ?? document.querySelector<HTMLElement>('#content'))?.focus({ preventScroll: true })
}
