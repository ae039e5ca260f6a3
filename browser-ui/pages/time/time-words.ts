import type { TimeView } from '../../data/time/timeline.ts'

/** How the window stands, in one word. A live window without news waits. */
export function stateWord({ mode }: TimeView, isFlowing: boolean): string {
  return { live: isFlowing ? 'Live' : 'Waiting', held: 'Held', locked: 'Locked', past: 'Past' }[mode]
}
