import { icons } from './icons.tsx'
import type { ThemeChoice } from './theme.ts'

/** What can be chosen, in the order of the menus. */
export const themeChoices: readonly { value: ThemeChoice; label: string; icon: (typeof icons)['sun'] }[] = [
  { value: 'system', label: 'Like this machine', icon: icons.system },
  { value: 'light', label: 'Light', icon: icons.sun },
  { value: 'dark', label: 'Dark', icon: icons.moon },
]
