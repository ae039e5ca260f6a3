import type { AlertStatus } from '../../src/domain/model.ts'

/** What somebody is told of with this status; undefined for those that say nothing of how things are. */
export function optionOfStatus(status: AlertStatus): 'CRITICAL' | 'WARNING' | 'CLEAR' | undefined {
  switch (status) {
    case 'critical':
      return 'CRITICAL'
    case 'warning':
      return 'WARNING'
    case 'clear':
    // What is not watched any more is not raised any more; a receiver that keeps incidents would never close it.
    case 'removed':
      return 'CLEAR'
    case 'null':
    case 'unknown':
    case 'undefined':
      return undefined
  }
}

/** The same of a node's reachability. */
export function optionOfReach(state: 'reachable' | 'unreachable'): 'REACHABLE' | 'UNREACHABLE' {
  return state === 'reachable' ? 'REACHABLE' : 'UNREACHABLE'
}
