import { useMemo } from 'react'
import { repeatWords, weekdays, type RepeatKind, type Repeats } from '../../../data/silences/repeats.ts'
import { forChoices, type SilenceDraft, type SilenceWhen } from '../../../data/silences/silence-draft.ts'
import { allZones } from '../../../data/time/time-zone.ts'
import type { ChangeDraft } from './silence-editor.tsx'

const whenWords: Readonly<Record<SilenceWhen, string>> = { now: 'From now on', once: 'Once, at a time', recurring: 'Again and again' }

interface FieldsProps {
  readonly draft: SilenceDraft
  readonly onChange: ChangeDraft
}

/** When a silence holds: now, once, or recurring in a time zone. */
export function WhenFields({ draft, onChange }: FieldsProps) {
  return (
    <>
      <fieldset className="silence-choices">
        <legend>When</legend>
        {(Object.keys(whenWords) as SilenceWhen[]).map((when) => (
          <label key={when} className="silence-option">
            <input type="radio" name="when" checked={draft.when === when} onChange={() => onChange({ when })} />
            <span>{whenWords[when]}</span>
          </label>
        ))}
      </fieldset>
      {draft.when === 'now' ? <ForField draft={draft} onChange={onChange} /> : <TimeFields draft={draft} onChange={onChange} />}
      {draft.when === 'recurring' ? (
        <RepeatFields repeats={draft.repeats} onChange={(some) => onChange({ repeats: { ...draft.repeats, ...some } })} />
      ) : (
        <label className="silence-option">
          <input type="checkbox" checked={draft.deletesOnEnd} onChange={(event) => onChange({ deletesOnEnd: event.target.checked })} />
          <span>Delete it when it ends</span>
        </label>
      )}
    </>
  )
}

function ForField({ draft, onChange }: FieldsProps) {
  const choices = forChoices.some(({ forMin }) => forMin === draft.forMin)
    ? forChoices
    : [{ forMin: draft.forMin, words: `${(draft.forMin ?? 0) / 60} hours` }, ...forChoices]
  return (
    <>
      <label htmlFor="silence-for">For</label>
      <select
        id="silence-for"
        value={draft.forMin ?? 'open'}
        onChange={(event) => onChange({ forMin: event.target.value === 'open' ? null : Number(event.target.value) })}
      >
        {choices.map(({ forMin, words }) => (
          <option key={words} value={forMin ?? 'open'}>
            {words}
          </option>
        ))}
      </select>
    </>
  )
}

function TimeFields({ draft, onChange }: FieldsProps) {
  const zones = useMemo(() => [...new Set([draft.timeZone, ...allZones()])], [draft.timeZone])
  const isRecurring = draft.when === 'recurring'
  return (
    <>
      <label htmlFor="silence-starts">{isRecurring ? 'First begins' : 'Begins'}</label>
      <input
        id="silence-starts"
        type="datetime-local"
        value={draft.starts}
        onChange={(event) => onChange({ starts: event.target.value })}
      />
      <label htmlFor="silence-ends">{isRecurring ? 'First ends' : 'Ends (empty: when somebody ends it)'}</label>
      <input id="silence-ends" type="datetime-local" value={draft.ends} onChange={(event) => onChange({ ends: event.target.value })} />
      <label htmlFor="silence-zone">Time zone</label>
      <select id="silence-zone" value={draft.timeZone} onChange={(event) => onChange({ timeZone: event.target.value })}>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
      {isRecurring ? (
        <p className="silence-note">Each time begins and ends at the same time of day there, also when clocks change.</p>
      ) : null}
    </>
  )
}

function RepeatFields({ repeats, onChange }: { readonly repeats: Repeats; readonly onChange: (some: Partial<Repeats>) => void }) {
  const { kind, days, monthDay, isEnding, until, rule } = repeats
  return (
    <>
      <label htmlFor="silence-repeats">Repeats</label>
      <select id="silence-repeats" value={kind} onChange={(event) => onChange({ kind: event.target.value as RepeatKind })}>
        {(Object.keys(repeatWords) as RepeatKind[]).map((each) => (
          <option key={each} value={each}>
            {repeatWords[each]}
          </option>
        ))}
      </select>
      {kind === 'weekly' ? (
        <fieldset className="silence-choices is-row">
          <legend>Days</legend>
          {weekdays.map(([day, short, name]) => (
            <label key={day} className="silence-option">
              <input
                type="checkbox"
                aria-label={name}
                checked={days.includes(day)}
                onChange={(event) => onChange({ days: event.target.checked ? [...days, day] : days.filter((each) => each !== day) })}
              />
              <span aria-hidden="true">{short}</span>
            </label>
          ))}
        </fieldset>
      ) : null}
      {kind === 'monthly' ? (
        <>
          <label htmlFor="silence-month-day">Day of the month</label>
          <select id="silence-month-day" value={monthDay} onChange={(event) => onChange({ monthDay: Number(event.target.value) })}>
            {Array.from({ length: 31 }, (_, n) => (
              <option key={n} value={n + 1}>
                {n + 1}
              </option>
            ))}
            <option value={-1}>The last day</option>
          </select>
        </>
      ) : null}
      {kind === 'rule' ? (
        <>
          <label htmlFor="silence-rule">Rule</label>
          <input
            id="silence-rule"
            type="text"
            spellCheck={false}
            placeholder="FREQ=MONTHLY;BYDAY=2TU"
            maxLength={500}
            value={rule}
            onChange={(event) => onChange({ rule: event.target.value })}
          />
          <p className="silence-note">An iCalendar RRULE without DTSTART; it starts with the first time above.</p>
        </>
      ) : (
        <>
          <label className="silence-option">
            <input type="checkbox" checked={isEnding} onChange={(event) => onChange({ isEnding: event.target.checked })} />
            <span>It has a last day</span>
          </label>
          {isEnding ? (
            <>
              <label htmlFor="silence-until">Last day</label>
              <input id="silence-until" type="date" value={until} onChange={(event) => onChange({ until: event.target.value })} />
            </>
          ) : null}
        </>
      )}
    </>
  )
}
