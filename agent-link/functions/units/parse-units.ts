import type { Severity } from '../table/table.ts'

/** One unit, in systemd's own words. */
export interface Unit {
  readonly name: string
  readonly load: string
  readonly active: string
  readonly sub: string
  readonly description: string
}

/** Reads the output of `systemctl list-units --output=json`; undefined when it is something else. Entries without a name are left out. */
export function parseUnits(text: string): readonly Unit[] | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(parsed)) return undefined
  return parsed.flatMap((entry: unknown) => {
    const fields = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {}
    const word = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
    const unit = { name: word('unit'), load: word('load'), active: word('active'), sub: word('sub'), description: word('description') }
    return unit.name === '' ? [] : [unit]
  })
}

/** What stands behind the last dot of a unit's name: service, mount, timer and so on. */
export function unitType(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** How bad a unit's state is: failed ones are critical, those that could not be loaded though something wants them are a warning. */
export function unitSeverity({ load, active, sub }: Unit): Severity {
  if (active === 'failed' || sub === 'failed') return 'critical'
  if (load === 'error' || load === 'bad-setting' || sub === 'auto-restart') return 'warning'
  if (active === 'activating' || active === 'deactivating' || active === 'reloading') return 'notice'
  return active === 'active' ? 'normal' : 'debug'
}
