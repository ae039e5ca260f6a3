/** How much a row matters, mildest first; agents' words. */
export const severities = ['debug', 'normal', 'notice', 'warning', 'error', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The words on screen for each; colour alone never says it. */
export const severityWords: Readonly<Record<Severity, string>> = {
  debug: 'Debug',
  normal: '',
  notice: 'Notice',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
}

export function isSeverity(value: unknown): value is Severity {
  return severities.some((severity) => severity === value)
}

const words: Readonly<Record<string, Severity>> = {
  emergency: 'critical',
  emerg: 'critical',
  alert: 'critical',
  critical: 'critical',
  crit: 'critical',
  error: 'error',
  err: 'error',
  warning: 'warning',
  warn: 'warning',
  notice: 'notice',
  info: 'normal',
  information: 'normal',
  verbose: 'debug',
  debug: 'debug',
}

/** The severity that a word of a log stands for; undefined for anything else. */
export function severityOfWord(word: unknown): Severity | undefined {
  if (typeof word !== 'string') return undefined
  return Object.hasOwn(words, word.toLowerCase()) ? words[word.toLowerCase()] : undefined
}
