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
