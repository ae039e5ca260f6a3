import type { AnchoredPopoverProps } from './anchored-popover.tsx'
import { useOnDemand } from './on-demand.ts'

const load = async () => (await import('./anchored-popover.tsx')).AnchoredPopover

/** An open popover beside a button, whose code is loaded when the first one is opened: charts do not wait for it. */
export function PopoverOnDemand(props: AnchoredPopoverProps) {
  const Loaded = useOnDemand(load, true, props.onClose)
  return Loaded === undefined ? null : <Loaded {...props} />
}
