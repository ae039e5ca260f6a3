import type { ReactNode } from 'react'

/** The head of a part of the settings: its name, a sentence, and what one can do. */
export function SectionHead({
  title,
  children,
  action,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="settings-head">
      <div className="settings-head-text">
        <h1>{title}</h1>
        {children === undefined ? null : <p className="settings-sub">{children}</p>}
      </div>
      {action}
    </div>
  )
}
