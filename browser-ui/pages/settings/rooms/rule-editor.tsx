import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  changedRule,
  completeRules,
  draftOf,
  isChanged,
  newRule,
  ruleProblem,
  rulesOf,
  type DraftRule,
} from '../../../data/settings/rule-draft.ts'
import type { RoomRule } from '../../../data/settings/space-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { Problem } from '../../../ui/look/problem.tsx'
import { labelsQuery, settingsApi } from '../settings-api.ts'
import { RuleFields } from './rule-fields.tsx'
import { RulePreview } from './rule-preview.tsx'

/** Changes the rules of a room, and shows meanwhile which nodes it would have. */
export function RuleEditor({ roomId, stored }: { readonly roomId: string; readonly stored: readonly RoomRule[] }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [base, setBase] = useState(stored)
  const [rules, setRules] = useState(() => draftOf(stored))
  const [isTried, setIsTried] = useState(false)
  const labels = useQuery(labelsQuery(request)).data ?? []
  const saving = useMutation({
    mutationFn: () => settingsApi.setRules(request, roomId, rulesOf(rules)),
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: 'The rules are saved.' })
      await Promise.all([client.invalidateQueries({ queryKey: ['rooms'] }), client.invalidateQueries({ queryKey: ['nodes'] })])
    },
  })
  const change = (rule: DraftRule) => setRules(changedRule(rules, rule.key, rule))
  const isDirty = isChanged(rules, base)
  const isMoved = isChanged(draftOf(stored), base)
  const takeStored = () => {
    setBase(stored)
    setRules(draftOf(stored))
    setIsTried(false)
  }
  // What others saved is shown, unless somebody is in the middle of a change here.
  if (isMoved && (!isDirty || !isChanged(rules, stored))) takeStored()
  const isWhole = rules.every((rule) => ruleProblem(rule) === undefined)
  const add = (action: RoomRule['action']) => setRules([...rules, newRule(action)])
  return (
    <section className="card settings-card rule-editor" aria-labelledby="rules-title">
      <h2 id="rules-title">Rules</h2>
      <p className="settings-note">
        A node comes into the room by itself when all tests of one “Include” rule hold. One “Exclude” rule that holds keeps it out, whatever
        the others say: <strong>Exclude wins.</strong> Nodes put here by hand stay.
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setIsTried(true)
          if (isDirty && isWhole && !saving.isPending) saving.mutate()
        }}
      >
        <ol className="rules">
          {rules.map((rule, index) => (
            <RuleFields
              key={rule.key}
              rule={rule}
              place={index + 1}
              labels={labels}
              problem={isTried ? ruleProblem(rule) : undefined}
              onChange={change}
              onRemove={() => setRules(rules.filter(({ key }) => key !== rule.key))}
            />
          ))}
        </ol>
        {rules.length === 0 ? <p className="settings-none">No rule yet. Nodes come into this room by hand, or by the first rule.</p> : null}
        <div className="rule-tools">
          <button type="button" className="button is-small" onClick={() => add('INCLUDE')}>
            {icons.plus} Include rule
          </button>
          <button type="button" className="button is-small" onClick={() => add('EXCLUDE')}>
            {icons.plus} Exclude rule
          </button>
        </div>
        <RulePreview roomId={roomId} rules={completeRules(rules)} isPartial={!isWhole} />
        {isMoved && isDirty ? (
          <p className="banner is-warning" role="status">
            {icons.warning}
            <span>Somebody else changed these rules meanwhile. Saving replaces theirs; discard to see them.</span>
          </p>
        ) : null}
        <Problem error={saving.error} />
        <div className="form-actions">
          <button type="button" className="button is-quiet" disabled={!isDirty && !isMoved} onClick={takeStored}>
            Discard changes
          </button>
          <button type="submit" className="button is-primary" disabled={!isDirty || saving.isPending}>
            {saving.isPending ? 'Saving…' : 'Save rules'}
          </button>
        </div>
      </form>
    </section>
  )
}
