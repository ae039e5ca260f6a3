/** What is known of a status: its mark, told apart by shape alone, and its word. */
const marks: Readonly<Record<string, { readonly mark: string; readonly word: string }>> = {
  critical: { mark: '◆', word: 'Critical' },
  warning: { mark: '▲', word: 'Warning' },
  unknown: { mark: '?', word: 'Unknown' },
  clear: { mark: '●', word: 'Clear' },
  undefined: { mark: '–', word: 'Undefined' },
  uninitialized: { mark: '–', word: 'Not looked at yet' },
  removed: { mark: '×', word: 'Removed' },
}

/** The word of a status of an alert, also of one that only its agent knows. */
export function statusWord(status: string): string {
  const known = Object.hasOwn(marks, status) ? marks[status] : undefined
  return known?.word ?? (status === '' || status === 'null' ? 'No status' : status)
}

/** A status of an alert as a mark of its own shape, in colour, with its word beside it or for those who listen. */
export function SeverityMark({ status, isWordShown = false }: { readonly status: string; readonly isWordShown?: boolean }) {
  const mark = (Object.hasOwn(marks, status) ? marks[status] : undefined)?.mark ?? '–'
  return (
    <span className="severity" data-severity={status}>
      <span className="severity-mark" aria-hidden="true">
        {mark}
      </span>
      <span className={isWordShown ? undefined : 'visually-hidden'}>{statusWord(status)}</span>
    </span>
  )
}
