import { useCallback, useState, type ComponentType, type ReactNode } from 'react'
import { useOnDemand } from './on-demand.ts'

/** What a menu of the bar is given: the button that opens it, and that it begins open. */
export interface BarMenuProps {
  readonly trigger: ReactNode
}

/** A button of the bar whose menu is loaded when somebody reaches for it: the first page must not wait for menus. */
export function MenuOnDemand({
  className,
  label,
  title,
  load,
  children,
}: {
  readonly className: string
  readonly label: string
  readonly title?: string
  readonly load: () => Promise<ComponentType<BarMenuProps>>
  readonly children: ReactNode
}) {
  const [isWanted, setIsWanted] = useState(false)
  const failed = useCallback(() => setIsWanted(false), [])
  const Menu = useOnDemand(load, isWanted, failed)
  // Reaching for it is early enough; what goes wrong here is told when it is opened.
  const prepare = () => void load().catch(() => undefined)
  const button = { type: 'button' as const, className, title, 'aria-label': label }
  if (Menu !== undefined) return <Menu trigger={<button {...button}>{children}</button>} />
  return (
    <button
      {...button}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={() => setIsWanted(true)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown') return
        event.preventDefault()
        setIsWanted(true)
      }}
    >
      {children}
    </button>
  )
}
