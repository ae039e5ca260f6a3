import { useEffect } from 'react'
import { keyIntent, type KeyPress } from '../../data/shell/keys.ts'
import { actions } from './actions.ts'
import { overlays } from '../overlays/overlays.ts'
import { isApple } from '../platform.ts'
import { singleKeys } from './single-keys.ts'
import { toastAreaId } from '../messages/toast-area.tsx'

const textInputs = /^(?:text|search|email|url|tel|password|number|date|datetime-local|month|time|week)$/

function focusKind(target: EventTarget | null): KeyPress['focus'] {
  if (!(target instanceof HTMLElement)) return 'page'
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return 'text'
  if (target instanceof HTMLInputElement) return textInputs.test(target.type) ? 'text' : 'control'
  if (target.matches('[role="textbox"], [role="combobox"], [role="searchbox"]')) return 'text'
  const controls =
    'button, a[href], summary, [role="button"], [role="tab"], [role="radio"], [role="slider"], [role="option"], [role="gridcell"]'
  return target.matches(controls) ? 'control' : 'page'
}

const isOverlaid = () => document.querySelector('dialog:modal, [role="menu"], [role="dialog"][data-state="open"]') !== null

function pressed(event: KeyboardEvent): void {
  const intent = keyIntent(
    {
      key: event.key,
      hasCtrl: event.ctrlKey,
      hasMeta: event.metaKey,
      hasAlt: event.altKey,
      isTaken: event.defaultPrevented || event.isComposing,
      isRepeat: event.repeat,
      focus: focusKind(event.target),
      isOverlaid: isOverlaid(),
    },
    actions.list(),
    { isApple, areSingleKeysOn: singleKeys.areOn() },
  )
  if (intent === undefined) return
  if (intent.kind === 'messages') {
    const area = document.querySelector<HTMLElement>(`#${toastAreaId}`)
    const first = area?.querySelector('button')
    if (!first) return
    first.focus()
  } else if (intent.kind === 'palette') overlays.toggle('palette')
  else if (intent.kind === 'action') intent.action.run()
  else overlays.open('keys')
  event.preventDefault()
}

/** The keys that work on every page, and those of the page's own actions. */
export function useGlobalKeys(): void {
  useEffect(() => {
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}
