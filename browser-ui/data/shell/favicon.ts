import type { Trouble } from './trouble.ts'

/** The icon of the tab while there is no trouble. */
const plainFavicon = '/favicon.svg'

const mark =
  '<rect width="32" height="32" rx="8" fill="#0b6e74"/><circle cx="16" cy="16" r="7" fill="none" stroke="#fff" stroke-width="2.4"/>' +
  '<path d="M2 20c5 0 7-8 14-8s8 8 14 4" fill="none" stroke="#8ff0e4" stroke-width="2.4" stroke-linecap="round"/>'

/** Each kind of trouble has its own shape as well as its colour. */
const badges = {
  critical:
    '<circle cx="22" cy="22" r="9.5" fill="#d92d2d" stroke="#fff" stroke-width="2"/><path d="M22 17v6M22 26v1" stroke="#fff" stroke-width="2.6"/>',
  warning:
    '<path d="M22 11 32 30H12z" fill="#f0a81c" stroke="#fff" stroke-width="2" stroke-linejoin="round"/><path d="M22 18v5M22 26v1" stroke="#222" stroke-width="2.4"/>',
  lost: '<circle cx="22" cy="22" r="9.5" fill="#596273" stroke="#fff" stroke-width="2"/><path d="m17.5 17.5 9 9m0-9-9 9" stroke="#fff" stroke-width="2.6"/>',
} as const

/** The address of the tab's icon: the plain one, or one with a badge for the worst trouble. A lost cloud outdoes alerts, which are then old. */
export function faviconFor({ critical, warning, isLost }: Trouble): string {
  const kind = isLost ? 'lost' : critical > 0 ? 'critical' : warning > 0 ? 'warning' : undefined
  if (kind === undefined) return plainFavicon
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${mark}${badges[kind]}</svg>`)}`
}
