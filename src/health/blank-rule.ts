import type { AlertRule } from './alert-document.ts'

/** A rule with every member at the value agents use when a file does not name it (agent-api §14); no lookup, no condition, no match. */
export function blankRule(): AlertRule {
  return {
    enabled: true,
    type: 'template',
    config: {
      match: { on: '', host_labels: '*', instance_labels: '*' },
      summary: '',
      info: '',
      type: '',
      component: '',
      classification: '',
      value: {
        database_lookup: {
          after: 0,
          before: 0,
          time_group: 'average',
          time_group_condition: '=',
          time_group_value: 0,
          dims_group: 'sum',
          data_source: 'samples',
          options: [],
          dimensions: '*',
        },
        calculation: '',
        units: '',
        update_every: 10,
      },
      conditions: { warning_condition: '', critical_condition: '' },
      action: {
        options: [],
        execute: '',
        recipient: '',
        delay: { up: 0, down: 0, max: 0, multiplier: 1 },
        repeat: { enabled: false, warning: 0, critical: 0 },
      },
    },
  }
}
