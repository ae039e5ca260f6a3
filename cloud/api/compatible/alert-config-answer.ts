import type { AlertConfig } from '../../../src/domain/model.ts'
import { textField } from '../alert-text.ts'

/** A definition in the form agents answer it (agent-api §9.4); what it does not say is null. */
export function configAnswer(config: AlertConfig): object {
  const text = (name: string) => textField(config, name) || null
  const number = (name: string) => {
    const value = Object.hasOwn(config.fields, name) ? Number(config.fields[name]) : Number.NaN
    return Number.isFinite(value) ? value : null
  }
  return {
    name: config.name,
    config_hash_id: config.hash,
    selectors: {
      type: text('template') === null ? 'alarm' : 'template',
      on: text('on_chart'),
      families: text('families'),
      host_labels: text('host_labels'),
      chart_labels: text('chart_labels'),
    },
    value: {
      units: text('units'),
      update_every: number('p_update_every'),
      db: {
        lookup: text('lookup'),
        after: number('p_db_lookup_after'),
        before: number('p_db_lookup_before'),
        method: text('p_db_lookup_method'),
        dimensions: text('p_db_lookup_dimensions'),
        options: (text('p_db_lookup_options') ?? '').split(/[ ,|]/).filter((word) => word !== ''),
      },
      calc: text('calculation_expr'),
    },
    status: { green: text('green'), red: text('red'), warn: text('warning_expr'), crit: text('critical_expr') },
    notification: {
      type: 'agent',
      exec: text('exec'),
      to: text('recipient'),
      delay: text('delay'),
      repeat: text('repeat'),
      options: (text('options') ?? '').split(/[ ,|]/).filter((word) => word !== ''),
    },
    class: text('classification'),
    component: text('component'),
    type: text('type'),
    info: text('info'),
    summary: text('summary'),
  }
}
