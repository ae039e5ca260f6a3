import { useThemeChoice } from '../hooks.ts'
import { MenuOnDemand } from '../overlays/menu-on-demand.tsx'
import { themeChoices } from './theme-choices.tsx'

const load = async () => (await import('./theme-menu-items.tsx')).ThemeMenuItems

/** Light, dark, or as the machine says. */
export function ThemeMenu() {
  const choice = useThemeChoice()
  const current = themeChoices.find((option) => option.value === choice)
  return (
    <MenuOnDemand className="icon-button" label={`Theme: ${current?.label ?? ''}`} load={load}>
      {current?.icon}
    </MenuOnDemand>
  )
}
