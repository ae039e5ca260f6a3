/** Numbers that look random and are the same for the same seed. */
export interface Seeded {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number
  pick<T>(choices: readonly T[]): T
  chance(probability: number): boolean
}

/** A generator of the mulberry32 kind. */
export function createSeeded(seed: number): Seeded {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    below: (below) => next() % below,
    pick<T>(choices: readonly T[]): T {
      const chosen = choices[next() % choices.length]
      if (chosen === undefined) throw new Error('there is nothing to choose from')
      return chosen
    },
    chance: (probability) => next() < probability * 0x1_0000_0000,
  }
}

/**
 * Seeds for a property test: the first so many of one fixed list, so that a run without `FUZZ_SEED` is the same every time. With
 * `FUZZ_SEED=random` as many new ones, which the names of the tests tell; with a number that one.
 */
export function seedsOf(count: number): readonly number[] {
  const given = process.env['FUZZ_SEED']
  if (given !== undefined && given !== 'random') return [Number(given)]
  return Array.from({ length: count }, (_, index) =>
    given === 'random' ? Math.floor(Math.random() * 0x1_0000_0000) : Math.imul(index + 1, 0x9e37_79b1) >>> 0,
  )
}
