import { numberText } from './number-text.ts'

/** Whether a condition is for the warning or the critical status: each looks at its own. */
export type ConditionLevel = 'warning' | 'critical'

export const comparisons = ['>', '>=', '<', '<='] as const
export type Comparison = (typeof comparisons)[number]

/** A threshold with a gap: the alert is raised at one value and stays so until the other (agent-api §11.5). Equal ones mean no gap. */
export interface Hysteresis {
  readonly comparison: Comparison
  readonly raiseAt: number
  readonly clearAt: number
}

/** What the status is compared with while the alert is raised at this level. */
const raisedTest = { warning: '$status >= $WARNING', critical: '$status == $CRITICAL' } as const

/**
 * The condition that raises at one value and clears at another, such as `$this > (($status >= $WARNING) ? (75) : (85))`; without a gap
 * the plain comparison. Takes finite numbers only.
 */
export function composeHysteresis(level: ConditionLevel, { comparison, raiseAt, clearAt }: Hysteresis): string {
  if (raiseAt === clearAt) return `$this ${comparison} ${numberText(raiseAt)}`
  return `$this ${comparison} ((${raisedTest[level]}) ? (${numberText(clearAt)}) : (${numberText(raiseAt)}))`
}

const number = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)`
const inBrackets = String.raw`(?:\(${number}\)|${number})`
const start = String.raw`^\$(?:this|\{this\})(>=|<=|>|<)`
const plainShape = new RegExp(`${start}${inBrackets}$`, 'i')
const statusShape = {
  warning: String.raw`\$(?:status|\{status\})>=\$(?:WARNING|\{WARNING\})`,
  critical: String.raw`\$(?:status|\{status\})(?:==?|>=)\$(?:CRITICAL|\{CRITICAL\})`,
} as const
const ternary = (status: string) => String.raw`(?:\(${status}\)|${status})\?${inBrackets}:${inBrackets}`
const gapShape = {
  warning: new RegExp(String.raw`${start}\(${ternary(statusShape.warning)}\)$`, 'i'),
  critical: new RegExp(String.raw`${start}\(${ternary(statusShape.critical)}\)$`, 'i'),
} as const

/**
 * The threshold behind a condition of this level; undefined for any other shape, which only a text box can show. White space and
 * brackets around numbers do not count.
 */
export function recogniseHysteresis(level: ConditionLevel, condition: string): Hysteresis | undefined {
  const text = condition.replaceAll(/\s+/g, '')
  // White space may not stand inside a number: joined, it would become another one.
  if (/[\d.]\s+[\d.]/.test(condition)) return undefined
  const plain = plainShape.exec(text)
  if (plain !== null) {
    const value = Number(plain[2] ?? plain[3])
    return Number.isFinite(value) ? { comparison: plain[1] as Comparison, raiseAt: value, clearAt: value } : undefined
  }
  const gap = gapShape[level].exec(text)
  if (gap === null) return undefined
  const [clearAt, raiseAt] = [Number(gap[2] ?? gap[3]), Number(gap[4] ?? gap[5])]
  if (!Number.isFinite(clearAt) || !Number.isFinite(raiseAt)) return undefined
  return { comparison: gap[1] as Comparison, raiseAt, clearAt }
}
