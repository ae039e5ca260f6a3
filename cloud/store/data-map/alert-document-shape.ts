import { flag, group, list, number, text } from './field.ts'

const word = (purpose = 'define the alert as people wrote it') => text(purpose)
const amount = (purpose = 'define the alert as people wrote it') => number(purpose)
const why = 'define the alert as people wrote it'

/** An alert document as agents take it (agent-api §11.5): texts and thresholds of a definition, never a value that was measured. */
export const alertDocument = () =>
  group({
    format_version: amount(),
    name: word(),
    rules: list(
      group({
        enabled: flag(why),
        type: word(),
        config: group({
          match: group({ on: word(), host_labels: word(), instance_labels: word() }),
          summary: word(),
          info: word(),
          type: word(),
          component: word(),
          classification: word(),
          value: group({
            database_lookup: group({
              after: amount(),
              before: amount(),
              time_group: word(),
              time_group_condition: word(),
              time_group_value: amount(),
              dims_group: word(),
              data_source: word(),
              options: list(word()),
              dimensions: word(),
            }),
            calculation: word(),
            units: word(),
            update_every: amount(),
          }),
          conditions: group({ warning_condition: word(), critical_condition: word() }),
          action: group({
            options: list(word()),
            execute: word(),
            recipient: word(),
            delay: group({ up: amount(), down: amount(), max: amount(), multiplier: amount() }),
            repeat: group({ enabled: flag(why), warning: amount(), critical: amount() }),
          }),
        }),
      }),
    ),
  })
