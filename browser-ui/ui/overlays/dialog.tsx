import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { icons } from '../look/icons.tsx'

/**
 * Something over the page. A native dialog: the browser keeps the focus inside and gives it back. The focus begins at what has
 * `data-first`, if anything does.
 */
export function Dialog({
  title,
  onClose,
  children,
  isSheet = false,
}: {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Comes from the lower edge, under the thumb. */
  readonly isSheet?: boolean
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Before the element leaves the document: a dialog that is closed gives the focus back, one that is taken away does not.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    element?.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={isSheet ? 'dialog is-sheet' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            {icons.close}
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
