import { expect, it } from 'vitest'
import type { AlertDocument, AlertRule } from './alert-document.ts'
import { blankRule } from './blank-rule.ts'
import { alertDifferences, isSameAlert } from './same-alert.ts'

const blank = blankRule()
const rule: AlertRule = {
  ...blank,
  config: {
    ...blank.config,
    match: { on: 'system.load', host_labels: '*', instance_labels: '*' },
    value: { ...blank.config.value, calculation: '$load1', update_every: 5 },
    conditions: { warning_condition: '$this > 4', critical_condition: '' },
  },
}
const documentOf = (...rules: readonly AlertRule[]): AlertDocument => ({ format_version: 1, name: 'load', rules: [...rules] })
type Config = AlertRule['config']
const changed = (change: (config: Config) => Config) => documentOf({ ...rule, config: change(rule.config) })
const wanted = documentOf(rule)

it('[AC6] what an agent fills in or gives back in other words is no difference', () => {
  const running = changed((config) => ({
    ...config,
    match: { on: 'system.load', host_labels: '', instance_labels: ' * ' },
    value: {
      ...config.value,
      calculation: ' $load1 ',
      database_lookup: { ...config.value.database_lookup, time_group_condition: '>', dims_group: 'average', dimensions: '' },
    },
    conditions: { warning_condition: '$this  >  4', critical_condition: '*' },
    action: {
      ...config.action,
      execute: '/usr/libexec/netdata/plugins.d/alarm-notify.sh',
      recipient: 'root',
      delay: { up: 0, down: 0, max: 3_600, multiplier: 1.5 },
      repeat: { enabled: false, warning: 60, critical: 60 },
    },
  }))
  expect(alertDifferences(wanted, running)).toEqual([])
  const withDelay = (multiplier: number) =>
    changed((config) => ({ ...config, action: { ...config.action, delay: { up: 0, down: 60, max: 90, multiplier } } }))
  expect(isSameAlert(withDelay(1.2), withDelay(Math.fround(1.2)))).toBe(true)
})

it('[AC6] what changes what the agent does is named', () => {
  const differs = (change: (config: Config) => Config) => alertDifferences(wanted, changed(change))
  expect(differs((config) => ({ ...config, conditions: { ...config.conditions, warning_condition: '$this > 5' } }))).toEqual([
    'rules.0.conditions.warning_condition',
  ])
  expect(
    differs((config) => ({ ...config, value: { ...config.value, database_lookup: { ...config.value.database_lookup, after: -60 } } })),
  ).toEqual(['rules.0.value.database_lookup'])
  expect(differs((config) => ({ ...config, action: { ...config.action, repeat: { enabled: true, warning: 0, critical: 0 } } }))).toEqual([
    'rules.0.action.repeat',
  ])
  expect(alertDifferences(wanted, documentOf({ ...rule, enabled: false }))).toEqual(['rules.0.enabled'])
  expect(alertDifferences(wanted, documentOf(rule, rule))).toEqual(['rules'])
  // What the document says must also run: an agent's own program is not somebody's.
  const said = changed((config) => ({ ...config, action: { ...config.action, execute: '/bin/mine' } }))
  expect(alertDifferences(said, wanted)).toEqual(['rules.0.action.execute'])
})
