import type { FunctionQuestion } from '../../../src/live/questions.ts'
import { isObject, listOf, objectOf } from '../json.ts'
import { numberOr, textOr, textsOf } from './reading.ts'

/** One choice of a parameter. */
export interface ParameterOption {
  readonly id: string
  readonly name: string
  /** More about it, or ''. */
  readonly detail: string
  readonly isDefault: boolean
  /** Whether a question can carry it: arguments are words without white space, quotes or commas. */
  readonly isAskable: boolean
}

/** A parameter a person chooses before the function answers. */
export interface FunctionParameter {
  readonly id: string
  readonly name: string
  readonly help: string
  readonly kind: 'select' | 'multiselect'
  readonly options: readonly ParameterOption[]
}

/** What a function tells about itself. */
export interface FunctionInfo {
  readonly help: string
  /** Seconds; undefined when it did not say. */
  readonly updateEveryS: number | undefined
  /** It answers about a span of time, page by page: logs. */
  readonly hasHistory: boolean
  readonly accepted: ReadonlySet<string>
  readonly parameters: readonly FunctionParameter[]
}

/** What a person chose: parameter id to option ids. */
export type Choices = ReadonlyMap<string, readonly string[]>

const maxOptions = 1_000
const askableItem = /^[^\s&"'\\,\p{Cc}\p{Cs}]{1,500}$/u
const askableKey = /^[A-Za-z_][\w.-]{0,63}$/u

/** Reads an answer to `info`, or the part of any answer that says the same; what is missing or of the wrong shape is left out. */
export function readFunctionInfo(answer: Readonly<Record<string, unknown>>): FunctionInfo {
  const table = objectOf(answer['table'])
  const updateEveryS = numberOr(answer['update_every'], undefined)
  return {
    help: textOr(answer['help'], ''),
    updateEveryS: updateEveryS === undefined || updateEveryS <= 0 ? undefined : updateEveryS,
    hasHistory: answer['has_history'] === true || table['has_history'] === true,
    accepted: new Set(textsOf(answer['accepted_params'])),
    parameters: listOf(answer['required_params'])
      .filter(isObject)
      .flatMap((item) => parameterOf(item) ?? []),
  }
}

function parameterOf(item: Readonly<Record<string, unknown>>): FunctionParameter | undefined {
  const id = textOr(item['id'], '')
  if (!askableKey.test(id)) return undefined
  const options = listOf(item['options'])
    .filter(isObject)
    .slice(0, maxOptions)
    .flatMap((option): ParameterOption[] => {
      const optionId = textOr(option['id'], '')
      if (optionId === '') return []
      return [
        {
          id: optionId,
          name: textOr(option['name'], optionId),
          detail: [textOr(option['pill'], ''), textOr(option['info'], '')].filter((text) => text !== '').join(' · '),
          isDefault: option['defaultSelected'] === true,
          isAskable: askableItem.test(optionId) && option['disabled'] !== true,
        },
      ]
    })
  if (options.length === 0) return undefined
  return {
    id,
    name: textOr(item['name'], id),
    help: textOr(item['help'], ''),
    kind: item['type'] === 'multiselect' ? 'multiselect' : 'select',
    options,
  }
}

/** What is chosen before a person chooses: the agent's own defaults, else the first of a select and nothing of a multiselect. */
export function defaultChoices(info: FunctionInfo): Choices {
  return new Map(
    info.parameters.map((parameter) => {
      const askable = parameter.options.filter(({ isAskable }) => isAskable)
      const defaults = askable.filter(({ isDefault }) => isDefault)
      if (parameter.kind === 'multiselect') return [parameter.id, defaults.map(({ id }) => id)]
      return [parameter.id, [...defaults, ...askable].slice(0, 1).map(({ id }) => id)]
    }),
  )
}

/** Choices as arguments of a question; what is not chosen, or no choice of the function's, is not sent. */
export function argumentsOf(info: FunctionInfo, choices: Choices): FunctionQuestion['args'] {
  return info.parameters.flatMap((parameter) => {
    const askable = new Set(parameter.options.filter(({ isAskable }) => isAskable).map(({ id }) => id))
    const chosen = (choices.get(parameter.id) ?? []).filter((id) => askable.has(id)).slice(0, 100)
    const first = chosen[0]
    if (first === undefined) return []
    return [{ key: parameter.id, value: parameter.kind === 'select' ? first : chosen }]
  })
}
