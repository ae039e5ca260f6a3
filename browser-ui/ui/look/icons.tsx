import type { ReactNode } from 'react'

/** Line icons on a 20 by 20 grid; decoration only, the words beside them carry the meaning. */
const shape = (children: ReactNode) => (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    {children}
  </svg>
)

export const icons = {
  play: shape(<path d="M6.5 4.5v11l9-5.5z" />),
  pause: shape(<path d="M7 4.5v11M13 4.5v11" />),
  search: shape(<path d="M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5 17 17" />),
  plus: shape(<path d="M10 4v12M4 10h12" />),
  close: shape(<path d="m5 5 10 10M15 5 5 15" />),
  copy: shape(<path d="M7 7V4h9v9h-3M4 7h9v9H4z" />),
  check: shape(<path d="m4 10.5 4 4 8-9" />),
  chevron: shape(<path d="m6 8 4 4 4-4" />),
  back: shape(<path d="m12 5-5 5 5 5" />),
  sun: shape(
    <path d="M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4" />,
  ),
  moon: shape(<path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z" />),
  system: shape(<path d="M3 4h14v9H3zM7 17h6M10 13v4" />),
  info: shape(<path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9v5M10 6v.5" />),
  warning: shape(<path d="M10 3 2 17h16zM10 8v4M10 14.5v.3" />),
  mail: shape(<path d="M3 5h14v10H3zM3 6l7 5 7-5" />),
  download: shape(<path d="M10 3v9M6 8.5 10 12l4-3.5M4 16h12" />),
  home: shape(<path d="m3 9 7-6 7 6M5 8v8.5h10V8M8.5 16.5v-5h3v5" />),
  chart: shape(<path d="M3 3v14h14M6 13l3.5-4 3 2.5L17 6" />),
  bolt: shape(<path d="M11 2.5 4.5 11.5h5L9 17.5l6.5-9h-5z" />),
  board: shape(<path d="M3 3h6v8H3zM11 3h6v4h-6zM11 9h6v8h-6zM3 13h6v4H3z" />),
  bell: shape(<path d="M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8 17.5h4" />),
  quiet: shape(<path d="M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8 17.5h4M3 3l14 14" />),
  plug: shape(<path d="M7 2.5v4M13 2.5v4M5 6.5h10v3a5 5 0 0 1-10 0zM10 14.5v3" />),
  person: shape(<path d="M10 9.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM3.5 17a6.5 6.5 0 0 1 13 0" />),
  more: shape(<path strokeWidth="2.4" d="M4.5 10v.1M10 10v.1M15.5 10v.1" />),
  keys: shape(<path d="M2.5 5h15v10h-15zM5.5 8v.1M8.5 8v.1M11.5 8v.1M14.5 8v.1M6.5 12h7" />),
  room: shape(<path d="M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM11 11h6v6h-6z" />),
  space: shape(<path d="M10 2.5 17 6.5v7L10 17.5 3 13.5v-7zM3.3 6.7 10 10.5l6.7-3.8M10 10.5v6.8" />),
  people: shape(<path d="M7 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM1.5 17a5.5 5.5 0 0 1 11 0M13 9.5a2.5 2.5 0 1 0 0-5M14.5 12a5 5 0 0 1 4 5" />),
  token: shape(<path d="M7 12.5a4.5 4.5 0 1 1 4.2-6L18 13.2V17h-3.5v-2.2h-2.2v-2.2h-1.7M6 7v.1" />),
  lock: shape(<path d="M4.5 9h11v8h-11zM7 9V6a3 3 0 0 1 6 0v3M10 12v2" />),
  record: shape(<path d="M4 2.5h12v15H4zM7 6.5h6M7 10h6M7 13.5h3.5" />),
  pencil: shape(<path d="m3.5 16.5.8-3.6 9-9 2.8 2.8-9 9zM11.5 5.7l2.8 2.8" />),
  bin: shape(<path d="M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5l.8 11.5h8.4L15 5.5M8.5 8.5v5.5M11.5 8.5v5.5" />),
  offline: shape(
    <path d="M3 3l14 14M2 8a12 12 0 0 1 4-2.4M9 5a12 12 0 0 1 9 3M5 11.5a7.5 7.5 0 0 1 3-1.8M12.5 10a7.5 7.5 0 0 1 2.5 1.5M10 15v.1" />,
  ),
  server: shape(<path d="M3 4h14v5H3zM3 11h14v5H3zM6 6.5v.1M6 13.5v.1" />),
} as const

/** The mark: a line that passes through a ring and goes on. */
export const logo = (
  <svg className="logo-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <circle className="logo-ring" cx="16" cy="16" r="8" />
    <path className="logo-line" d="M1 20c6 0 8-8 15-8s9 8 15 4" />
  </svg>
)
