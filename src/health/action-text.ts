import type { AlertRuleConfig } from './alert-document.ts'
import { parseDuration, writeDuration } from './durations.ts'
import { quoted, type TextProblem } from './lookup-text.ts'
import { numberText } from './number-text.ts'

type Delay = AlertRuleConfig['action']['delay']
type Repeat = AlertRuleConfig['action']['repeat']

/** Reads `up D down D multiplier M max D`, each of them optional; without `max` the longest that one multiplication gives, as agents do. */
export function parseDelay(text: string): Delay | TextProblem {
  const delay = { up: 0, down: 0, max: 0, multiplier: 1 }
  let hasMax = false
  const words = text.split(/\s+/).filter((word) => word !== '')
  while (words.length > 0) {
    const [key = '', said = ''] = [words.shift()?.toLowerCase(), words.shift()]
    if (key === 'multiplier') {
      const multiplier = Number(said)
      if (said === '' || !Number.isFinite(multiplier) || multiplier <= 0)
        return { problem: `${quoted(said)} is no multiplier; write a number such as 1.5.` }
      delay.multiplier = multiplier
    } else if (key === 'up' || key === 'down' || key === 'max') {
      const seconds = parseDuration(said)
      if (seconds === undefined || seconds < 0) return { problem: `${quoted(said)} is no duration; write one such as 15m after "${key}".` }
      delay[key] = seconds
      hasMax ||= key === 'max'
    } else return { problem: `A delay knows "up", "down", "multiplier" and "max", not ${quoted(key)}.` }
  }
  if (!hasMax) delay.max = impliedMax(delay)
  return delay
}

/** The delay as a line of health.d; undefined when it is what agents take without one. */
export function writeDelay({ up, down, max, multiplier }: Delay): string | undefined {
  const words: string[] = []
  if (up !== 0) words.push('up', writeDuration(up))
  if (down !== 0) words.push('down', writeDuration(down))
  if (multiplier > 0 && (multiplier !== 1 || words.length > 0)) words.push('multiplier', numberText(multiplier))
  if (max !== impliedMax({ up, down, multiplier })) words.push('max', writeDuration(max))
  return words.length === 0 ? undefined : words.join(' ')
}

const impliedMax = ({ up, down, multiplier }: Pick<Delay, 'up' | 'down' | 'multiplier'>) =>
  Math.trunc(Math.max(up, down) * (multiplier > 0 ? multiplier : 1))

/** Reads `off` or `warning D critical D`. */
export function parseRepeat(text: string): Repeat | TextProblem {
  const repeat = { enabled: true, warning: 0, critical: 0 }
  const words = text.split(/\s+/).filter((word) => word !== '')
  while (words.length > 0) {
    const key = words.shift()?.toLowerCase()
    if (key === 'off') return { enabled: true, warning: 0, critical: 0 }
    if (key !== 'warning' && key !== 'critical')
      return { problem: `A repetition is "off", or "warning" and "critical" with durations, not ${quoted(key ?? '')}.` }
    const said = words.shift() ?? ''
    const seconds = parseDuration(said)
    if (seconds === undefined || seconds < 0) return { problem: `${quoted(said)} is no duration; write one such as 1h after "${key}".` }
    repeat[key] = seconds
  }
  return repeat
}

/** The repetition as a line of health.d; undefined when the agent's own setting counts. */
export function writeRepeat({ enabled, warning, critical }: Repeat): string | undefined {
  if (!enabled) return undefined
  return warning === 0 && critical === 0 ? 'off' : `warning ${writeDuration(warning)} critical ${writeDuration(critical)}`
}
