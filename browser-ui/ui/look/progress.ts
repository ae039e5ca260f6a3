import { createProgress } from '../../data/shell/progress.ts'
import { pageClock } from '../../link/page-clock.ts'

/** The page's one progress line: whoever makes a person wait begins and ends it. */
export const progress = createProgress(pageClock)
