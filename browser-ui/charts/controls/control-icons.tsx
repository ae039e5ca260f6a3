import type { ReactNode } from 'react'

const shape = (children: ReactNode) => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    {children}
  </svg>
)

/** Line icons of chart controls; decoration only, the words beside them carry the meaning. */
export const controlIcons = {
  expand: shape(<path d="M12 3h5v5M17 3l-6 6M8 17H3v-5M3 17l6-6" />),
  adjust: shape(<path d="M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4" />),
  reset: shape(<path d="M4.5 8A6 6 0 1 1 4 11.5M4 4v4h4" />),
  line: shape(<path d="m2.5 14 4-6 4 4 7-8" />),
  area: shape(<path d="m2.5 12 4-5 4 3 7-6v13h-15z" />),
  stacked: shape(<path d="m2.5 9 5-4 4 2 6-4M2.5 13l5-3 4 1.5 6-3.5M2.5 17h15" />),
  heatmap: shape(<path d="M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM15 9v4M9 9v4h3M3 17h4M10 17h7" />),
} as const
