import type { ReactNode } from 'react'
import { useIsNarrow } from './use-page-state.ts'

/** Controls that are needed seldom: in a row with the others, on a small screen behind a word. */
export function MoreTools({ children }: { readonly children: ReactNode }) {
  const isNarrow = useIsNarrow()
  if (!isNarrow) return children
  return (
    <details className="fn-more">
      <summary>More options</summary>
      <div>{children}</div>
    </details>
  )
}
