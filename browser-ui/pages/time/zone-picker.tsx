import { useId, useMemo, useState, useSyncExternalStore } from 'react'
import { timeFormat } from '../../data/time/format-time.ts'
import { allZones, machineZone, searchZones } from '../../data/time/time-zone.ts'
import { pageClock } from '../../link/page-clock.ts'
import { timeZone, type TimeZoneChoice } from '../../ui/account/time-zone.ts'
import './zone-picker.css'

const mostFound = 30

/** What its title does not say of a zone: its name and its offset. */
function zoneText(zone: string, title: string, nowS: number): string {
  const words = [zone.replaceAll('_', ' '), timeFormat(zone).offsetText(nowS)]
  return [...new Set(words)].filter((word) => word !== title).join(' · ')
}

/** The time zone of everything on the page: this machine's, UTC, the node's, or any by search. */
export function ZonePicker() {
  const choice = useSyncExternalStore(timeZone.subscribe, () => timeZone.choice)
  const nodeZone = useSyncExternalStore(timeZone.subscribe, () => timeZone.nodeZone)
  const [search, setSearch] = useState('')
  const name = useId()
  const zones = useMemo(allZones, [])
  const found = search.trim() === '' ? [] : searchZones(zones, search)
  const isOther = choice !== 'machine' && choice !== 'node' && choice !== 'UTC'
  const rows: readonly (readonly [TimeZoneChoice, string, string])[] = [
    ['machine', 'This machine', machineZone()],
    ['UTC', 'UTC', 'UTC'],
    ...(nodeZone === undefined ? [] : [['node', 'The node’s own', nodeZone] as const]),
    ...(isOther ? [[choice, choice.replaceAll('_', ' '), choice] as const] : []),
  ]
  const nowS = pageClock.nowMs() / 1000
  return (
    <fieldset className="zone-picker">
      <legend>Time zone</legend>
      {rows.map(([value, title, zone]) => (
        <label key={value} className="radio-row">
          <input type="radio" name={name} checked={choice === value} onChange={() => timeZone.choose(value)} />
          <span>{title}</span>
          <small>{zoneText(zone, title, nowS)}</small>
        </label>
      ))}
      <label className="zone-search">
        <span className="visually-hidden">Search time zones</span>
        <input type="search" placeholder="Another zone, such as Tokyo" value={search} onChange={(event) => setSearch(event.target.value)} />
      </label>
      {search.trim() === '' ? null : (
        <ul className="zone-found" aria-label="Time zones found">
          {found.slice(0, mostFound).map((zone) => (
            <li key={zone}>
              <button
                type="button"
                onClick={() => {
                  timeZone.choose(zone)
                  setSearch('')
                }}
              >
                <span>{zone.replaceAll('_', ' ')}</span>
                <small>{timeFormat(zone).offsetText(nowS)}</small>
              </button>
            </li>
          ))}
          {found.length === 0 ? <li className="zone-none">No time zone has that name. Try the nearest large city.</li> : null}
        </ul>
      )}
    </fieldset>
  )
}
