import type { LeafForm, Member, Shape } from './field.ts'

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

// One function a form, so that each stays small and quick: every write asks some of them hundreds of times.
const leafChecks: Readonly<Record<LeafForm, Check>> = {
  text: (value) => (typeof value === 'string' ? undefined : ''),
  number: (value) => (Number.isFinite(value) ? undefined : ''),
  flag: (value) => (typeof value === 'boolean' ? undefined : ''),
  plain: (value) => (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value) ? undefined : ''),
}

function leafCheck({ form, values }: Extract<Shape, { form: LeafForm }>): Check {
  if (values === undefined) return leafChecks[form]
  const known: ReadonlySet<unknown> = new Set(values)
  return (value) => (known.has(value) ? undefined : '')
}

function groupCheck(members: Readonly<Record<string, Member>>): Check {
  const named = Object.entries(members).map(([name, { shape, isOptional }]) => ({ name, check: checkOf(shape), isOptional }))
  const isKnown = new Set(Object.keys(members))
  return (value) => {
    if (!isPlainObject(value)) return ''
    let found = 0
    for (let at = 0; at < named.length; at++) {
      const member = named[at]
      if (member === undefined) continue
      const each = Object.hasOwn(value, member.name) ? value[member.name] : undefined
      if (each === undefined) {
        if (!member.isOptional) return `.${member.name}`
        continue
      }
      found++
      const wrong = member.check(each)
      if (wrong !== undefined) return `.${member.name}${wrong}`
    }
    // All there is was looked at, or there is something that is not in the map; what is undefined is not written.
    const names = Object.keys(value)
    if (names.length === found) return undefined
    const strange = names.find((name) => !isKnown.has(name) && value[name] !== undefined)
    return strange === undefined ? undefined : `.${shownName(strange)}`
  }
}

function tupleCheck(members: readonly Member[]): Check {
  const places = members.map(({ shape, isOptional }) => ({ check: checkOf(shape), isOptional }))
  return (value) => {
    if (!Array.isArray(value) || value.length > places.length) return ''
    for (let at = 0; at < places.length; at++) {
      const place = places[at]
      if (place === undefined || (place.isOptional && value[at] === undefined)) continue
      const wrong = place.check(value[at])
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
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}
