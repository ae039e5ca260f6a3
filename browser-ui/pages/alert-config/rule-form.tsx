import { useMemo, type ReactNode } from 'react'
import {
  dataSources,
  dimensionGroups,
  groupConditions,
  lookupOptions,
  timeGroups,
  type AlertRule,
} from '../../../src/health/alert-document.ts'
import { hasGroupValue } from '../../../src/health/lookup-text.ts'
import { usualLookup, type RuleChange } from '../../data/alert-config/rule-draft.ts'
import { dimensionGroupWords, methodWords, sourceWords } from '../../data/alert-config/rule-words.ts'
import type { ContextInstance } from '../../data/feed/catalogue.ts'
import { ConditionFields } from './condition-fields.tsx'
import { ChoiceField, DurationField, ExpressionField, NumberField, TextField, TickField } from './fields.tsx'

/** What of the room helps to fill in the form. */
export interface FormHelp {
  readonly contexts: readonly string[]
  /** Of the context that is shown, on the node that is shown. */
  readonly instances: readonly ContextInstance[]
  /** How many of them the rule's labels take. */
  readonly matching: number
}

interface RuleFormProps {
  readonly rule: AlertRule
  readonly index: number
  readonly help: FormHelp
  readonly onChange: (change: RuleChange) => void
}

const optionWords: Readonly<Record<(typeof lookupOptions)[number], string>> = {
  unaligned: 'The window ends now, not at a multiple of its length',
  absolute: 'Values without their sign',
  null2zero: 'No value counts as 0',
  match_ids: 'Dimensions by their id',
  match_names: 'Dimensions by their name',
}

/** Every member of one rule, in the order in which one thinks of an alert. */
export function RuleForm({ rule, index, help, onChange }: RuleFormProps) {
  const { config } = rule
  const { match, value, action } = config
  const lookup = value.database_lookup
  const at = (path: string) => `rules.${index}.${path}`
  const instanceIds = useMemo(() => help.instances.map(({ chartId }) => chartId), [help.instances])
  const labelHints = useMemo(() => labelsOf(help.instances), [help.instances])
  const hasLookup = lookup.after !== 0
  return (
    <>
      <Part title="What it looks at">
        <ChoiceField
          path={at('type')}
          label="Applies to"
          value={rule.type}
          choices={[
            ['template', 'Every instance of a context'],
            ['instance', 'One instance'],
          ]}
          onChange={(type) => onChange({ type })}
        />
        <TextField
          path={at('config.match.on')}
          label={rule.type === 'template' ? 'Context' : 'Instance'}
          value={match.on}
          options={rule.type === 'template' ? help.contexts : instanceIds}
          placeholder={rule.type === 'template' ? 'disk.util' : 'disk_util.sda'}
          isCode
          onChange={(on) => onChange({ match: { on } })}
        />
        <TextField
          path={at('config.match.instance_labels')}
          label="Instances with labels"
          value={match.instance_labels}
          placeholder="*"
          isCode
          hint={
            <>
              {help.instances.length > 0 && rule.type === 'template'
                ? `Takes ${help.matching} of the ${help.instances.length} on the node shown. `
                : null}
              Such as <code>device=!loop* *</code>; <code>*</code> is any.
              {labelHints === '' ? null : ` Here: ${labelHints}.`}
            </>
          }
          onChange={(text) => onChange({ match: { instance_labels: text } })}
        />
        <TextField
          path={at('config.match.host_labels')}
          label="Nodes with labels"
          value={match.host_labels}
          placeholder="*"
          isCode
          hint={
            <>
              Such as <code>_hostname=web*</code>; on a parent this narrows its children.
            </>
          }
          onChange={(text) => onChange({ match: { host_labels: text } })}
        />
      </Part>

      <Part title="The value">
        <TickField
          path={at('config.value.database_lookup')}
          label="Look up what was collected"
          isTicked={hasLookup}
          onChange={(isTicked) => onChange({ lookup: { after: isTicked ? usualLookup.after : 0, ...(isTicked ? {} : { before: 0 }) } })}
        />
        {hasLookup ? (
          <>
            <ChoiceField
              path={at('config.value.database_lookup.time_group')}
              label="Over time"
              value={lookup.time_group}
              choices={timeGroups.map((group) => [group, `${methodWords[group].charAt(0).toUpperCase()}${methodWords[group].slice(1)}`])}
              onChange={(group) => onChange({ lookup: { time_group: group } })}
            />
            {lookup.time_group === 'countif' ? (
              <ChoiceField
                path={at('config.value.database_lookup.time_group_condition')}
                label="Counts values"
                value={lookup.time_group_condition}
                choices={groupConditions.map((condition) => [condition, condition])}
                onChange={(condition) => onChange({ lookup: { time_group_condition: condition } })}
              />
            ) : null}
            {hasGroupValue(lookup.time_group) ? (
              <NumberField
                path={at('config.value.database_lookup.time_group_value')}
                label={lookup.time_group === 'countif' ? 'Compared with' : 'Percent'}
                value={lookup.time_group_value}
                onChange={(number) => onChange({ lookup: { time_group_value: number } })}
              />
            ) : null}
            <DurationField
              path={at('config.value.database_lookup.after')}
              label="Of the last"
              value={-lookup.after}
              onChange={(seconds) => onChange({ lookup: { after: -seconds } })}
            />
            <DurationField
              path={at('config.value.database_lookup.before')}
              label="Ending before now"
              hint="0 is now."
              value={lookup.before === 0 ? 0 : -lookup.before}
              onChange={(seconds) => onChange({ lookup: { before: seconds === 0 ? 0 : -seconds } })}
            />
            <TextField
              path={at('config.value.database_lookup.dimensions')}
              label="Dimensions"
              value={lookup.dimensions}
              placeholder="*"
              isCode
              hint={dimensionHint(help.instances)}
              onChange={(dimensions) => onChange({ lookup: { dimensions } })}
            />
            <ChoiceField
              path={at('config.value.database_lookup.dims_group')}
              label="Several dimensions"
              value={lookup.dims_group}
              choices={dimensionGroups.map((group) => [group, dimensionGroupWords[group]])}
              onChange={(group) => onChange({ lookup: { dims_group: group } })}
            />
            <ChoiceField
              path={at('config.value.database_lookup.data_source')}
              label="Of"
              value={lookup.data_source}
              choices={dataSources.map((source) => [source, sourceWords[source]])}
              onChange={(source) => onChange({ lookup: { data_source: source } })}
            />
            <fieldset className="field" data-wide>
              <legend>How it is looked up</legend>
              {lookupOptions.map((option) => (
                <TickField
                  key={option}
                  path={at(`config.value.database_lookup.options.${option}`)}
                  label={optionWords[option]}
                  isTicked={lookup.options.includes(option)}
                  onChange={(isTicked) =>
                    onChange({
                      lookup: {
                        options: isTicked ? [...lookup.options, option] : lookup.options.filter((each) => each !== option),
                      },
                    })
                  }
                />
              ))}
            </fieldset>
          </>
        ) : null}
        <ExpressionField
          path={at('config.value.calculation')}
          label="Calculation"
          value={value.calculation}
          placeholder={hasLookup ? '$this' : '$used * 100 / ($used + $free)'}
          hint={
            <>
              {hasLookup ? (
                <>
                  Empty: the lookup as it is, which is <code>$this</code> here.
                </>
              ) : (
                'Without a lookup this is the value.'
              )}{' '}
              Dimensions are <code>$name</code>.
            </>
          }
          onChange={(calculation) => onChange({ value: { calculation } })}
        />
        <TextField path={at('config.value.units')} label="Units" value={value.units} onChange={(units) => onChange({ value: { units } })} />
        <DurationField
          path={at('config.value.update_every')}
          label="Look every"
          value={value.update_every}
          onChange={(seconds) => onChange({ value: { update_every: seconds } })}
        />
      </Part>

      <Part title="When it is raised">
        <ConditionFields
          level="warning"
          path={at('config.conditions.warning_condition')}
          condition={config.conditions.warning_condition}
          units={value.units}
          onChange={(condition) => onChange({ conditions: { warning_condition: condition } })}
        />
        <ConditionFields
          level="critical"
          path={at('config.conditions.critical_condition')}
          condition={config.conditions.critical_condition}
          units={value.units}
          onChange={(condition) => onChange({ conditions: { critical_condition: condition } })}
        />
      </Part>

      <Part title="Whom it tells">
        <TextField
          path={at('config.action.recipient')}
          label="Recipients"
          value={action.recipient}
          placeholder="sysadmin"
          hint={
            <>
              A role of the agents. Empty: their default; <code>silent</code>: they tell nobody. These and the waits below are for what
              agents send themselves; channels of the space tell each change at once, by their own settings and silences.
            </>
          }
          onChange={(recipient) => onChange({ action: { recipient } })}
        />
        <DurationField
          path={at('config.action.delay.up')}
          label="Wait before it tells of worse"
          value={action.delay.up}
          onChange={(up) => onChange({ delay: { up } })}
        />
        <DurationField
          path={at('config.action.delay.down')}
          label="Wait before it tells of better"
          value={action.delay.down}
          onChange={(down) => onChange({ delay: { down } })}
        />
        <NumberField
          path={at('config.action.delay.multiplier')}
          label="Waits grow by"
          unit="×"
          value={action.delay.multiplier}
          onChange={(multiplier) => onChange({ delay: { multiplier } })}
        />
        <DurationField
          path={at('config.action.delay.max')}
          label="Up to"
          value={action.delay.max}
          onChange={(max) => onChange({ delay: { max } })}
        />
        <div className="field" data-wide>
          <TickField
            path={at('config.action.repeat.enabled')}
            label="Repeat while it lasts, at intervals of its own"
            isTicked={action.repeat.enabled}
            onChange={(enabled) => onChange({ repeat: { enabled } })}
          />
          <TickField
            path={at('config.action.options')}
            label="Do not tell when it clears"
            isTicked={action.options.includes('no-clear-notification')}
            onChange={(isTicked) => onChange({ action: { options: isTicked ? ['no-clear-notification'] : [] } })}
          />
          <TickField path={at('enabled')} label="This rule is on" isTicked={rule.enabled} onChange={(enabled) => onChange({ enabled })} />
        </div>
        {action.repeat.enabled ? (
          <>
            <DurationField
              path={at('config.action.repeat.warning')}
              label="Repeat warnings every"
              hint="0 is never."
              value={action.repeat.warning}
              onChange={(warning) => onChange({ repeat: { warning } })}
            />
            <DurationField
              path={at('config.action.repeat.critical')}
              label="Repeat critical ones every"
              hint="0 is never."
              value={action.repeat.critical}
              onChange={(critical) => onChange({ repeat: { critical } })}
            />
          </>
        ) : null}
      </Part>

      <Part title="What it says">
        <TextField
          path={at('config.summary')}
          label="Summary"
          isWide
          value={config.summary}
          placeholder="Disk ${label:device} is busy"
          onChange={(summary) => onChange({ config: { summary } })}
        />
        <TextField
          path={at('config.info')}
          label="Explanation"
          isWide
          value={config.info}
          hint={
            <>
              <code>{'${label:device}'}</code> is filled in with a label.
            </>
          }
          onChange={(info) => onChange({ config: { info } })}
        />
        <TextField
          path={at('config.classification')}
          label="Class"
          value={config.classification}
          options={['Utilization', 'Errors', 'Latency', 'Workload', 'Availability']}
          onChange={(classification) => onChange({ config: { classification } })}
        />
        <TextField
          path={at('config.component')}
          label="Component"
          value={config.component}
          onChange={(component) => onChange({ config: { component } })}
        />
        <TextField path={at('config.type')} label="Type" value={config.type} onChange={(type) => onChange({ config: { type } })} />
        <TextField
          path={at('config.action.execute')}
          label="Program for its messages"
          value={action.execute}
          hint="Empty: the agent’s own."
          isCode
          onChange={(execute) => onChange({ action: { execute } })}
        />
      </Part>
    </>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="card form-part" aria-label={title}>
      <h2>{title}</h2>
      <div className="form-grid">{children}</div>
    </section>
  )
}

/** A few labels that instances carry, for somebody who does not know them by heart. */
function labelsOf(instances: readonly ContextInstance[]): string {
  const keys = new Map<string, Set<string>>()
  for (const { labels } of instances) {
    for (const [key, value] of Object.entries(labels)) {
      if (key.startsWith('_')) continue
      keys.set(key, (keys.get(key) ?? new Set()).add(value))
    }
  }
  return [...keys]
    .slice(0, 3)
    .map(([key, values]) => `${key}=${[...values].slice(0, 2).join('|')}${values.size > 2 ? '|…' : ''}`)
    .join(', ')
}

function dimensionHint(instances: readonly ContextInstance[]): ReactNode {
  const names = [...new Set(instances.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))]
  if (names.length === 0) return 'Names between spaces; * is all.'
  return `${names.slice(0, 8).join(', ')}${names.length > 8 ? `, … (${names.length})` : ''}; * is all.`
}
