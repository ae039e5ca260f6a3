import { contentKinds, type ContentKind } from './content-kind.ts'

/** Where names and texts stand that leave a host. */
export const maskedFields = [
  'hostname',
  'label-key',
  'label-value',
  'context',
  'instance',
  'dimension',
  'alert-text',
  'alert-source',
  'alert-recipient',
  'command-line',
  'process',
  'user',
  'address',
  'path',
  'unit',
  'log-message',
  'config-text',
] as const
export type MaskedField = (typeof maskedFields)[number]

/**
 * What becomes of something: `drop` leaves nothing of it; `hash` a keyed hash of fixed length, the same for the same text on this host;
 * `token` a readable name such as `disk-3`, the same for the same text on this host; `truncate` its beginning, so many characters of it
 * or its shape; `keep` is no mask.
 */
export type Action =
  | { readonly action: 'keep' | 'drop' | 'hash' | 'token' }
  | { readonly action: 'truncate'; readonly to: 'shape' }
  | { readonly action: 'truncate'; readonly to: number }

/** The rules of one host: one for each field, and one for each kind of content that is looked for in all texts. */
export interface Rules {
  readonly fields: Readonly<Record<MaskedField, Action>>
  readonly content: Readonly<Record<ContentKind, Action>>
}

export const keep: Action = { action: 'keep' }
const drop: Action = { action: 'drop' }
const hash: Action = { action: 'hash' }
const token: Action = { action: 'token' }
const shape: Action = { action: 'truncate', to: 'shape' }

const every = <Key extends string>(names: readonly Key[], action: Action) =>
  Object.fromEntries(names.map((name) => [name, action])) as Record<Key, Action>

export const presetNames = ['strict', 'default', 'off'] as const
export type PresetName = (typeof presetNames)[number]

/** `default` masks command lines, URLs and query texts, and what is secret or personal in any text (security D8); `strict` names too. */
export const presets: Readonly<Record<PresetName, Rules>> = {
  off: { fields: every(maskedFields, keep), content: every(contentKinds, keep) },
  default: {
    fields: { ...every(maskedFields, keep), 'command-line': shape },
    content: { ...every(contentKinds, drop), url: shape, mac: keep, uuid: keep, ipv4: keep, ipv6: keep, phone: keep },
  },
  strict: {
    fields: {
      hostname: hash,
      'label-key': keep,
      'label-value': hash,
      context: hash,
      instance: token,
      dimension: token,
      'alert-text': drop,
      'alert-source': drop,
      'alert-recipient': drop,
      'command-line': drop,
      process: hash,
      user: token,
      address: token,
      path: token,
      unit: hash,
      'log-message': drop,
      'config-text': drop,
    },
    content: { ...every(contentKinds, drop), ipv4: token, ipv6: token, mac: token },
  },
}
