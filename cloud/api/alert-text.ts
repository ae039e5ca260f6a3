import type { AlertConfig } from '../../src/domain/model.ts'

/** A text of a definition; empty where the definition is unknown or does not say. */
export function textField(config: AlertConfig | undefined, name: string): string {
  const value = config === undefined || !Object.hasOwn(config.fields, name) ? undefined : config.fields[name]
  return typeof value === 'string' ? value : ''
}
