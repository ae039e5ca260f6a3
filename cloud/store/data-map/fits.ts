import type { Member, Shape } from './field.ts'

/** Names the first place that is not as its shape says, as `.a.b[3].c`; undefined when everything is. */
type Check = (value: unknown) => string | undefined

const checks = new WeakMap<Shape, Check>()

/** Where a value is not as a shape says: a member that is not in it or is missing, another form, a number that is none. Undefined: it fits. */
export function misfit(shape: Shape, value: unknown): string | undefined {
  return checkOf(shape)(value)
}

/** Whether a value is as a shape says. */
export const fits = (shape: Shape, value: unknown): boolean => misfit(shape, value) === undefined

/** Shapes are turned into functions once: every write asks them. */
function checkOf(shape: Shape): Check {
  const known = checks.get(shape)
  if (known !== undefined) return known
  const bare = compiled(shape)
  const check: Check = shape.isNullable ? (value) => (value === null ? undefined : bare(value)) : bare
  checks.set(shape, check)
  return check
}

function compiled(shape: Shape): Check {
  switch (shape.form) {
    case 'list': {
      const of = checkOf(shape.of)
      return (value) => {
        if (!Array.isArray(value)) return ''
        for (let at = 0; at < value.length; at++) {
          const wrong = of(value[at])
          if (wrong !== undefined) return `[${at}]${wrong}`
        }
        return undefined
      }
    }
    case 'map': {
      const of = checkOf(shape.of)
      return (value) => {
        if (!isPlainObject(value)) return ''
        // The names are somebody's data: they are not told.
        for (const name of Object.keys(value)) {
          const wrong = value[name] === undefined ? undefined : of(value[name])
          if (wrong !== undefined) return `{}${wrong}`
        }
        return undefined
      }
    }
    case 'group':
      return groupCheck(shape.members)
    case 'tuple':
      return tupleCheck(Object.values(shape.members))
    case 'either': {
      const options = shape.options.map(checkOf)
      return (value) => {
        let first: string | undefined
        for (const option of options) {
          const wrong = option(value)
          if (wrong === undefined) return undefined
          // The option that came furthest says most.
          if (first === undefined || wrong.length > first.length) first = wrong
        }
        return first ?? ''
      }
    }
    default:
      return leafCheck(shape)
  }
}

function leafCheck({ form, values }: Extract<Shape, { form: 'text' | 'number' | 'flag' | 'plain' }>): Check {
  const isForm = {
    text: (value: unknown) => typeof value === 'string',
    number: (value: unknown) => Number.isFinite(value),
    flag: (value: unknown) => typeof value === 'boolean',
    plain: (value: unknown) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
  }[form]
  if (values === undefined) return (value) => (isForm(value) ? undefined : '')
  const known: ReadonlySet<unknown> = new Set(values)
  return (value) => (known.has(value) ? undefined : '')
}

function groupCheck(members: Readonly<Record<string, Member>>): Check {
  const known = new Map(Object.entries(members).map(([name, member]) => [name, checkOf(member.shape)] as const))
  const required = Object.entries(members).flatMap(([name, { isOptional }]) => (isOptional ? [] : [name]))
  return (value) => {
    if (!isPlainObject(value)) return ''
    for (const name of Object.keys(value)) {
      const check = known.get(name)
      if (value[name] === undefined) continue
      if (check === undefined) return `.${shownName(name)}`
      const wrong = check(value[name])
      if (wrong !== undefined) return `.${name}${wrong}`
    }
    for (const name of required) if (value[name] === undefined) return `.${name}`
    return undefined
  }
}

function tupleCheck(members: readonly Member[]): Check {
  const places = members.map(({ shape, isOptional }) => ({ check: checkOf(shape), isOptional }))
  return (value) => {
    if (!Array.isArray(value) || value.length > places.length) return ''
    for (const [at, { check, isOptional }] of places.entries()) {
      if (isOptional && value[at] === undefined) continue
      const wrong = check(value[at])
      if (wrong !== undefined) return `[${at}]${wrong}`
    }
    return undefined
  }
}

/** A name that nobody mapped could be content: only what looks like a name of ours is told. */
const shownName = (name: string): string => (/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(name) ? name : '?')

/** What JSON reads again as what it was: no class, with a form of its own or without, is among it. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
