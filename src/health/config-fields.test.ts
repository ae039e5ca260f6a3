import { expect, it } from 'vitest'
import { documentOfFields, healthTextOfFields } from './config-fields.ts'
import { parseHealthText } from './health-text.ts'

/** As an agent of 1.37 pushes it. */
const old = {
  template: 'disk_backlog',
  on_chart: 'disk.backlog',
  classification: 'Latency',
  type: 'System',
  component: 'Disk',
  os: 'linux freebsd',
  hosts: '*',
  families: '!sd* *',
  lookup: 'average -1m unaligned absolute of backlog',
  every: '1m',
  units: 'milliseconds',
  green: '1000',
  warning_expr: '$this &gt; $green',
  recipient: 'silent',
  delay: 'down 15m multiplier 1.2 max 1h',
  info: 'mean backlog\nexec: /bin/sh',
  p_db_lookup_after: -60,
  p_update_every: 60,
}
/** As an agent of 2.x pushes it. */
const recent = {
  alarm: 'ram_in_use',
  on_chart: 'system.ram',
  classification: 'Utilization',
  every: '10',
  units: '%',
  calculation_expr: '$used * 100 / ($used + $cached + $free + $buffers)',
  warning_expr: '$this > 99',
  recipient: 'sysadmin',
  delay: 'down 900s multiplier 1.5 max 3600s',
  host_labels: '_os=linux',
  p_update_every: 10,
  summary: 'System memory utilization',
}

it('[AC5] pushed fields become a document as far as they allow, and what they leave open is named', () => {
  const document = documentOfFields('ram_in_use', recent)
  expect(document?.unsure).toEqual([])
  expect(document?.document.rules[0]).toMatchObject({
    type: 'instance',
    config: {
      match: { on: 'system.ram', host_labels: '_os=linux', instance_labels: '*' },
      value: { calculation: recent.calculation_expr, update_every: 10, database_lookup: { after: 0 } },
      action: { delay: { up: 0, down: 900, max: 3_600, multiplier: 1.5 }, repeat: { enabled: false } },
    },
  })
  const before = documentOfFields('disk_backlog', old)
  expect(before?.unsure).toEqual(['families'])
  expect(before?.document.rules[0]?.config).toMatchObject({
    match: { host_labels: '_os=linux freebsd' },
    conditions: { warning_condition: '$this > 1000' },
    value: { database_lookup: { after: -60, options: ['unaligned', 'absolute'], dimensions: 'backlog' } },
  })
  const parts = {
    ...recent,
    p_db_lookup_method: 'percentile95',
    p_db_lookup_after: -600,
    p_db_lookup_before: -60,
    p_db_lookup_options: 'unaligned',
  }
  expect(documentOfFields('x', parts)).toMatchObject({
    unsure: ['dims_group', 'data_source', 'time_group_value'],
    document: { rules: [{ config: { value: { database_lookup: { after: -600, before: -60, time_group: 'percentile' } } } }] },
  })
})

it('[AC5] fields of which no document can be made give none', () => {
  for (const fields of [
    {},
    { ...recent, on_chart: '' },
    { ...recent, p_update_every: 0, every: '' },
    { ...old, lookup: 'max -10s foreach *' },
    { ...recent, delay: 'sometimes' },
  ])
    expect(documentOfFields('x', fields)).toBeUndefined()
  expect(documentOfFields('not a name', recent)).toBeUndefined()
})

it('[AC5] pushed fields become text to paste, with what only older agents know, and no field breaks a line', () => {
  expect(healthTextOfFields('disk_backlog', old)).toBe(
    [
      '    template: disk_backlog',
      '          on: disk.backlog',
      '       class: Latency',
      '        type: System',
      '   component: Disk',
      '          os: linux freebsd',
      '    families: !sd* *',
      '      lookup: average -1m unaligned absolute of backlog',
      '       units: milliseconds',
      '       every: 1m',
      '       green: 1000',
      '        warn: $this > $green',
      '       delay: down 15m multiplier 1.2 max 1h',
      '        info: mean backlog exec: /bin/sh',
      '          to: silent',
      '',
    ].join('\n'),
  )
  const parsed = parseHealthText(healthTextOfFields('ram_in_use', recent))
  expect(parsed.is === 'good' && parsed.documents[0]).toEqual(documentOfFields('ram_in_use', recent)?.document)
})
