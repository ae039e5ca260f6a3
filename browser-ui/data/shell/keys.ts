/** A key that was pressed, and where. */
export interface KeyPress {
  /** As `KeyboardEvent.key`. */
  readonly key: string
  readonly hasCtrl: boolean
  readonly hasMeta: boolean
  readonly hasAlt: boolean
  /** An input method is composing, or somebody else has taken the key. */
  readonly isTaken: boolean
  readonly isRepeat: boolean
  /** text: a field that letters go into; control: something that answers Space, Enter or arrows itself. */
  readonly focus: 'page' | 'control' | 'text'
  /** A dialog or menu lies over the page and has the keys. */
  readonly isOverlaid: boolean
}

export interface KeyedAction {
  readonly id: string
  readonly key?: string
}

export type KeyIntent<Action> =
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'messages' }
  | { readonly kind: 'action'; readonly action: Action }

export interface KeyRules {
  /** ⌘K instead of Ctrl K, which deletes to the end of the line there. */
  readonly isApple: boolean
  /** Single keys can be switched off: speech input and some hands type them by accident. */
  readonly areSingleKeysOn: boolean
}

const ownOfControls = new Set([' ', 'Enter', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'])

/** What a key means on this page; undefined leaves it to the browser. Of two actions with one key the later, more special one counts. */
export function keyIntent<Action extends KeyedAction>(
  press: KeyPress,
  actions: readonly Action[],
  { isApple, areSingleKeysOn }: KeyRules,
): KeyIntent<Action> | undefined {
  const { key, hasCtrl, hasMeta, hasAlt, focus } = press
  if (press.isTaken) return undefined
  const hasCommand = isApple ? hasMeta && !hasCtrl : hasCtrl && !hasMeta
  if (hasCommand && !hasAlt && key.toLowerCase() === 'k') return press.isRepeat ? undefined : { kind: 'palette' }
  if (hasCtrl || hasMeta || hasAlt) return undefined
  if (key === 'F6') return { kind: 'messages' }
  if (press.isOverlaid || focus === 'text' || !areSingleKeysOn) return undefined
  if (focus === 'control' && ownOfControls.has(key)) return undefined
  if (key === '?') return { kind: 'keys' }
  const action = actions.findLast((candidate) => candidate.key === key)
  if (action !== undefined) return { kind: 'action', action }
  return key === '/' ? { kind: 'palette' } : undefined
}

const printed: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageUp: 'Page up',
  PageDown: 'Page down',
}

/** A key as it is printed on a keyboard. */
export const keyText = (key: string): string => printed[key] ?? (key.length === 1 ? key.toUpperCase() : key)
