import { toasts } from './toasts.ts'

/** A deletion that can be taken back for a while. */
export interface Deletion {
  /** What is said when it is gone: "Board “Disks” is deleted." */
  readonly text: string
  /** Deletes it at the cloud. */
  remove(): Promise<unknown>
  /** Brings it back at the cloud after `remove` has succeeded. */
  restore(): Promise<unknown>
  /** Takes it off the screen before the cloud has answered; the answer puts it back. */
  hide?(): () => void
}

const reason = (error: unknown) => (error instanceof Error ? ` ${error.message}` : '')

/**
 * Deletes at once, shows so at once, and offers to undo it. When the cloud refuses, it is on the screen again and a message says
 * why; an undo that fails says that the thing is still deleted. Resolves when the cloud has answered the deletion; never rejects.
 */
export async function deleteWithUndo(deletion: Deletion): Promise<void> {
  let show = deletion.hide?.()
  const removal = deletion.remove().then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  const undo = async () => {
    show?.()
    show = undefined
    // A removal that failed has already put everything back and said why.
    if ((await removal) !== undefined) return
    try {
      await deletion.restore()
      toasts.show({ tone: 'good', text: 'It is back.' })
    } catch (error) {
      show = deletion.hide?.()
      toasts.show({
        tone: 'error',
        text: `It is still deleted.${reason(error)}`,
        action: { label: 'Try again', run: () => void undo() },
      })
    }
  }
  const shown = toasts.show({ tone: 'info', text: deletion.text, action: { label: 'Undo', run: () => void undo() } })
  const failure = await removal
  if (failure === undefined) return
  toasts.dismiss(shown)
  show?.()
  show = undefined
  toasts.show({
    tone: 'error',
    text: `It is not deleted.${reason(failure.error)}`,
    action: { label: 'Try again', run: () => void deleteWithUndo(deletion) },
  })
}
