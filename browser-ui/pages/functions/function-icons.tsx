import type { ReactNode } from 'react'

const shape = (children: ReactNode) => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    {children}
  </svg>
)

/** Line icons that only the functions page needs; decoration, the words beside them carry the meaning. */
export const functionIcons = {
  refresh: shape(<path d="M16 10a6 6 0 1 1-1.8-4.3M16 3v3.5h-3.5" />),
  filter: shape(<path d="M3 4.5h14l-5.5 6.5v5l-3 1.5V11z" />),
  columns: shape(<path d="M3 4h14v12H3zM8 4v12M12.5 4v12" />),
  lock: shape(<path d="M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9" />),
  details: shape(<path d="M3 4h14v12H3zM11.5 4v12" />),
  up: shape(<path d="m5.5 12 4.5-4.5 4.5 4.5" />),
  down: shape(<path d="m5.5 8 4.5 4.5L14.5 8" />),
  right: shape(<path d="m8 5.5 4.5 4.5L8 14.5" />),
  chart: shape(<path d="M4 16V9M10 16V4M16 16v-5" />),
} as const
