import type { ComponentType } from 'react'
import type { AnchoredPopoverProps } from './anchored-popover.tsx'
import { useOnDemand } from './on-demand.ts'

/** Once it is here, every next popover opens at once: keys that are pressed right after must not meet the button. */
let loaded: ComponentType<AnchoredPopoverProps> | undefined

const load = async () => (loaded ??= (await import('./anchored-popover.tsx')).AnchoredPopover)

/** For the button of a popover: reaching for it is early enough to load; what goes wrong here is told when it is opened. */
export const reachingForPopover = {
  onPointerEnter: () => void load().catch(() => undefined),
  onFocus: () => void load().catch(() => undefined),
} as const

/** An open popover beside a button, whose code is loaded when somebody reaches for the first one: charts do not wait for it. */
export function PopoverOnDemand(props: AnchoredPopoverProps) {
  const arrived = useOnDemand(load, loaded === undefined, props.onClose)
  const Popover = loaded ?? arrived
  return Popover === undefined ? null : <Popover {...props} />
}
