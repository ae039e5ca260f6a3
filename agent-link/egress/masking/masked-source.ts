import { contextVersion } from '../../sources/context-version.ts'
import type { ConfigRequest, Source, SourceAlert, SourceAnswer, SourceInfo } from '../../sources/source.ts'
import { jsonAnswer, textAnswer } from '../../sources/source.ts'
import { parseParameters } from '../../sources/host/query/parameters.ts'
import type { Context } from '../../../src/domain/model.ts'
import { askOriginals } from './ask-originals.ts'
import { maskAlert, maskAlertConfig } from './mask-alerts.ts'
import { maskAnswer } from './mask-answer.ts'
import { createConfigMasker } from './mask-config.ts'
import type { Masker } from './masker.ts'

/**
 * A source whose every word is masked. What is announced, answered and compared is of the same names, so that charts, alerts and questions
 * fit; a question in masked names reaches the source in its own.
 */
export function maskSource(source: Source, masker: Masker): Source {
  if (masker.isIdle) return source
  const config = createConfigMasker(masker)
  /** Masked things by what they were made of: sources hand out the same objects until something changes. */
  const alerts = new WeakMap<SourceAlert, SourceAlert>()
  const contexts = new WeakMap<Context, Context>()
  const infos = new WeakMap<SourceInfo, SourceInfo>()
  let learning: Promise<void> | undefined

  const alertOf = cached(alerts, (alert: SourceAlert) => maskAlert(masker, alert))
  const contextOf = cached(contexts, (context: Context) => maskContextOf(masker, context))
  const infoOf = cached(infos, (info: SourceInfo) => maskInfo(masker, info))

  /** Which chart an alarm's key is of. */
  const chartOf = (key: string): string | undefined => {
    for (const { chart, name } of source.alerts())
      if (key.length === chart.length + name.length + 1 && key === `${chart}.${name}`) return chart
    return undefined
  }

  /** Looks at all names there are, so that a question after a restart is understood. */
  function learn(signal: AbortSignal): Promise<void> {
    const look = async () => {
      const answer = await source.answer({ command: 'contexts', query: 'options=charts,dimensions,labels', acceptsGzip: false }, signal)
      await maskAnswer(masker, answer, { command: 'contexts', charts: [], contexts: [], chartOf })
    }
    learning ??= look().finally(() => (learning = undefined))
    return learning
  }

  async function answer(request: Parameters<Source['answer']>[0], signal: AbortSignal): Promise<SourceAnswer> {
    let asked = masker.renames ? askOriginals(masker, request.query) : asWritten(request.query)
    if (asked.isUnknown) {
      await learn(signal)
      asked = askOriginals(masker, request.query)
    }
    // Compressed by us when it is masked, and as the source likes when nothing is.
    const answered = await source.answer({ ...request, query: asked.query, acceptsGzip: false }, signal)
    return maskAnswer(masker, answered, { command: request.command, charts: asked.charts, contexts: asked.contexts, chartOf })
  }

  async function configure(request: ConfigRequest): Promise<SourceAnswer> {
    if (source.configure === undefined) return textAnswer(404, 'Unsupported v1 API command.')
    const action = parseParameters(request.query).get('action') ?? 'tree'
    if (masker.rules.fields['config-text'].action !== 'keep' && documentActions.has(action))
      return jsonAnswer(403, JSON.stringify({ status: 403, message: 'the texts of configuration do not leave this host' }))
    const own = config.request(request)
    if (own === undefined) {
      const message = 'the document holds texts that are masked on this host; change it there'
      return jsonAnswer(400, JSON.stringify({ status: 400, message }))
    }
    return config.answer(await source.configure(own))
  }

  return {
    kind: source.kind,
    hasAlerts: source.hasAlerts,
    get machineGuid() {
      return source.machineGuid
    },
    start: () => source.start(),
    stop: () => source.stop(),
    info: () => infoOf(source.info()),
    contexts: () => source.contexts().map(contextOf),
    alerts: () => source.alerts().map(alertOf),
    alertLog: () => source.alertLog().map((entry) => ({ ...entry, alert: alertOf(entry.alert) })),
    alertConfig(hash) {
      const found = source.alertConfig(hash)
      return found === undefined ? undefined : maskAlertConfig(masker, found)
    },
    answer,
    ...(source.configure === undefined ? {} : { configure }),
    onChange: (listener) => source.onChange(listener),
  }
}

const documentActions = new Set(['get', 'userconfig', 'update', 'add', 'test'])

function asWritten(query: string): ReturnType<typeof askOriginals> {
  const parameters = parseParameters(query)
  const listOf = (name: string) => (parameters.get(name) ?? '').split(/[,|]/).filter((item) => item !== '')
  return { query, charts: listOf('chart'), contexts: [...listOf('context'), ...listOf('ctx')], isUnknown: false }
}

function maskInfo(masker: Masker, info: SourceInfo): SourceInfo {
  const { node } = info
  const texts = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, typeof value === 'string' && !plainFacts.has(key) ? masker.text(value) : value]),
  )
  return {
    ...info,
    node: { ...node, ...texts, hostname: masker.field('hostname', node.hostname, true), labels: masker.hostLabels(node.labels) },
    collectors: info.collectors.map(({ plugin, module }) => ({ plugin: masker.text(plugin), module: masker.text(module) })),
  }
}

/** Numbers and versions that are written as texts: no text of a person stands there. */
const plainFacts = new Set(['cpuFrequencyHz', 'memoryBytes', 'diskSpaceBytes', 'osVersion', 'kernelVersion', 'agentVersion', 'timezone'])

function maskContextOf(masker: Masker, context: Context): Context {
  const masked = {
    ...context,
    id: masker.context(context.id),
    title: masker.text(context.title.replaceAll(context.id, () => masker.context(context.id))),
    family: masker.family(context.id, context.family),
  }
  const isSame = masked.id === context.id && masked.title === context.title && masked.family === context.family
  // The version is made of the definition, and would tell what it was made of.
  return isSame ? context : { ...masked, version: contextVersion(masked) }
}

function cached<T extends object>(known: WeakMap<T, T>, make: (from: T) => T): (from: T) => T {
  return (from) => {
    const found = known.get(from) ?? make(from)
    known.set(from, found)
    return found
  }
}
