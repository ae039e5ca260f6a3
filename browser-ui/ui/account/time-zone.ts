import { timeFormat, type TimeFormat } from '../../data/time/format-time.ts'
import { isTimeZone, machineZone } from '../../data/time/time-zone.ts'
import { browserStore } from '../browser-store.ts'

/** What a person chose: this machine's zone, the zone of the node that is looked at, or any by its IANA name. */
export type TimeZoneChoice = 'machine' | 'node' | (string & {})

const storageKey = 'throughline-time-zone'
const listeners = new Set<() => void>()

const stored = (): TimeZoneChoice => {
  const text = browserStore.get(storageKey) ?? 'machine'
  return text === 'node' || isTimeZone(text) ? text : 'machine'
}
let choice: TimeZoneChoice = stored()
let nodeZone: string | undefined

const zone = () => (choice === 'machine' ? machineZone() : choice === 'node' ? (nodeZone ?? machineZone()) : choice)
let format = timeFormat(zone())

const renew = () => {
  format = timeFormat(zone())
  for (const listener of listeners) listener()
}

/** The time zone of everything the page writes, kept in this browser. */
export const timeZone = {
  get choice(): TimeZoneChoice {
    return choice
  },
  /** The zone of the node that is looked at, when it told one that this machine knows. */
  get nodeZone(): string | undefined {
    return nodeZone
  },
  /** How times are written now; the same object until the zone changes. */
  get format(): TimeFormat {
    return format
  },
  choose(next: TimeZoneChoice): void {
    choice = next
    browserStore.set(storageKey, next)
    renew()
  },
  /** Said by a page of one node; undefined when it leaves. */
  setNodeZone(next: string | undefined): void {
    const known = next !== undefined && isTimeZone(next) ? next : undefined
    if (known === nodeZone) return
    nodeZone = known
    renew()
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
