import { DropdownMenu } from 'radix-ui'
import { useThemeChoice } from './hooks.ts'
import { icons } from './icons.tsx'
import { theme, type ThemeChoice } from './theme.ts'

export const themeChoices: readonly { value: ThemeChoice; label: string; icon: (typeof icons)['sun'] }[] = [
  { value: 'system', label: 'Like this machine', icon: icons.system },
  { value: 'light', label: 'Light', icon: icons.sun },
  { value: 'dark', label: 'Dark', icon: icons.moon },
]

/** Light, dark, or as the machine says. */
export function ThemeMenu() {
  const choice = useThemeChoice()
  const current = themeChoices.find((option) => option.value === choice)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={`Theme: ${current?.label ?? ''}`}>
        {current?.icon}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.RadioGroup value={choice} onValueChange={(value) => theme.choose(value as ThemeChoice)}>
            {themeChoices.map((option) => (
              <DropdownMenu.RadioItem key={option.value} value={option.value} className="menu-item">
                {option.icon}
                {option.label}
                <DropdownMenu.ItemIndicator className="menu-check">{icons.check}</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
