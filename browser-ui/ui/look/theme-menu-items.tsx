import { DropdownMenu } from 'radix-ui'
import { useThemeChoice } from '../hooks.ts'
import { keepMovedFocus } from '../overlays/focus-return.ts'
import { icons } from './icons.tsx'
import type { BarMenuProps } from '../overlays/menu-on-demand.tsx'
import { themeChoices } from './theme-choices.tsx'
import { theme, type ThemeChoice } from './theme.ts'

/** The menu behind the button of the theme. */
export function ThemeMenuItems({ trigger }: BarMenuProps) {
  const choice = useThemeChoice()
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8} onCloseAutoFocus={keepMovedFocus}>
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
