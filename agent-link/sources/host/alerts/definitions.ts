import { z } from 'zod'
import { alertDocumentSchema } from '../../../../src/health/alert-document.ts'
import type { AlertDocument } from '../../../../src/health/alert-document.ts'
import { runningRules } from './running-rule.ts'
import type { RuleOrigin, RunningRule } from './running-rule.ts'

/** One alert name of this host and what is known of it. */
export interface Definition {
  readonly document: AlertDocument
  readonly origin: RuleOrigin
  /** Switched off by somebody. */
  readonly isDisabled: boolean
  /** Who made or changed it; empty for stock. */
  readonly source: string
  readonly saves: number
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

const keptItem = z.object({
  name: z.string(),
  /** Undefined: the stock document, switched off. */
  document: alertDocumentSchema.optional(),
  isDisabled: z.boolean(),
  source: z.string().max(1_000),
  saves: z.int(),
  createdAtMs: z.int(),
  modifiedAtMs: z.int(),
})
/** What is kept of the changes somebody made. */
export const keptDefinitionsSchema = z.object({ version: z.literal(1), isAllDisabled: z.boolean(), items: z.array(keptItem) })
export type KeptDefinitions = z.infer<typeof keptDefinitionsSchema>

/** Definitions on one host that are not stock. */
const definitionLimit = 500

export interface DefinitionsDeps {
  readonly stock: readonly AlertDocument[]
  readonly startedAtMs: number
  readonly nowMs: () => number
  readonly kept?: KeptDefinitions | undefined
  /** Makes a change durable. Rejects when it cannot be kept: then nothing changes. */
  readonly keep: (definitions: KeptDefinitions) => Promise<void>
  /** Hears of every change that was kept. */
  readonly onChange: () => void
}

type Items = ReadonlyMap<string, Definition>

/** The definitions of the alerts of this host: stock ones, and what was made, changed or switched off over the link. */
export function createDefinitions({ stock, startedAtMs, nowMs, kept, keep, onChange }: DefinitionsDeps) {
  const stockByName = new Map(stock.map((document) => [document.name, document]))
  const fresh = (document: AlertDocument): Definition => {
    return { document, origin: 'stock', isDisabled: false, source: '', saves: 0, createdAtMs: startedAtMs, modifiedAtMs: startedAtMs }
  }
  let items: Items = new Map([...stockByName].map(([name, document]) => [name, fresh(document)]))
  let isAllDisabled = kept?.isAllDisabled ?? false
  let turn: Promise<unknown> = Promise.resolve()
  for (const { name, document, ...rest } of kept?.items ?? []) {
    const running = document ?? stockByName.get(name)
    if (running) items = replaced(items, name, { ...rest, document: running, origin: document ? 'dyncfg' : 'stock' })
  }

  const keptOf = (next: Items, nextAll: boolean): KeptDefinitions => ({
    version: 1,
    isAllDisabled: nextAll,
    items: [...next].flatMap(([name, { document, origin, ...rest }]) => {
      if (origin === 'stock' && !rest.isDisabled) return []
      return [{ ...rest, name, ...(origin === 'dyncfg' ? { document } : {}) }]
    }),
  })

  /** One change after the other: kept first, then in force. */
  function change(work: () => { readonly items: Items; readonly isAllDisabled?: boolean } | undefined): Promise<boolean> {
    const done = turn.then(async () => {
      const next = work()
      if (next === undefined) return false
      const nextAll = next.isAllDisabled ?? isAllDisabled
      await keep(keptOf(next.items, nextAll))
      items = next.items
      isAllDisabled = nextAll
      onChange()
      return true
    })
    turn = done.catch(() => undefined)
    return done
  }

  return {
    items: (): Items => items,
    get: (name: string): Definition | undefined => items.get(name),
    isAllDisabled: () => isAllDisabled,
    isStock: (name: string) => stockByName.has(name),
    /** Whether the alerts of a definition run. */
    runs: (definition: Definition) => !isAllDisabled && !definition.isDisabled && definition.document.rules.some(({ enabled }) => enabled),
    /** Every rule that runs, ready. */
    rules: (): readonly RunningRule[] =>
      [...items.values()]
        .filter((definition) => !isAllDisabled && !definition.isDisabled)
        .flatMap(({ document, origin }) => runningRules(document, origin)),
    /** Answers false when there is one of that name already, or no room. */
    add: (document: AlertDocument, source: string) =>
      change(() => {
        const own = [...items.values()].filter(({ origin }) => origin === 'dyncfg').length
        if (items.has(document.name) || own >= definitionLimit) return undefined
        const at = nowMs()
        const added: Definition = { document, origin: 'dyncfg', isDisabled: false, source, saves: 1, createdAtMs: at, modifiedAtMs: at }
        return { items: replaced(items, document.name, added) }
      }),
    /** Answers false when there is none of that name. */
    update: (document: AlertDocument, source: string) =>
      change(() => {
        const before = items.get(document.name)
        if (before === undefined) return undefined
        const after: Definition = { ...before, document, origin: 'dyncfg', source, saves: before.saves + 1, modifiedAtMs: nowMs() }
        return { items: replaced(items, document.name, after) }
      }),
    /** Takes away what was made over the link; a stock definition under it is back at once. Answers false when there is nothing to take. */
    remove: (name: string) =>
      change(() => {
        if (items.get(name)?.origin !== 'dyncfg') return undefined
        const without = new Map(items)
        without.delete(name)
        const document = stockByName.get(name)
        return { items: document ? replaced(without, name, fresh(document)) : without }
      }),
    setDisabled: (name: string, isDisabled: boolean, source: string) =>
      change(() => {
        const before = items.get(name)
        return before && { items: replaced(items, name, { ...before, isDisabled, source, modifiedAtMs: nowMs() }) }
      }),
    setAllDisabled: (next: boolean) => change(() => ({ items, isAllDisabled: next })),
  }
}

export type Definitions = ReturnType<typeof createDefinitions>

function replaced(items: Items, name: string, definition: Definition): Items {
  return new Map([...items, [name, definition]])
}
