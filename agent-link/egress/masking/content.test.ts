import { expect, it } from 'vitest'
import { harmless, secrets, surroundings } from '../../../test/doubles/hosts/secret-corpus.ts'
import { createSeeded, seedsOf } from '../../../test/doubles/seeded.ts'
import { contentKinds } from './content-kind.ts'
import { createMasker } from './masker.ts'
import { createPseudonyms } from './pseudonyms.ts'
import { presets, type Action, type Rules } from './rules.ts'

const seeds = seedsOf(2)
const actions: readonly Action[] = [
  { action: 'drop' },
  { action: 'hash' },
  { action: 'token' },
  { action: 'truncate', to: 'shape' },
  { action: 'truncate', to: 2 },
]
const maskerOf = (rules: Rules) => createMasker(rules, createPseudonyms({ key: new Uint8Array(32).fill(3) }))
const everywhere = (action: Action): Rules => ({
  fields: presets.off.fields,
  content: Object.fromEntries(contentKinds.map((kind) => [kind, action])) as Rules['content'],
})

for (const seed of seeds) {
  it(`[MK1] (D8) no secret of any kind is left in any text, whatever the rule (FUZZ_SEED=${seed})`, () => {
    const seeded = createSeeded(seed)
    const maskers = actions.map((action) => [action, maskerOf(everywhere(action))] as const)
    const leaks: string[] = []
    for (const kind of contentKinds) {
      for (let round = 0; round < 150; round++) {
        const secret = secrets[kind](seeded)
        const text = seeded.pick(surroundings).replace('X', () => secret.text)
        for (const [action, masker] of maskers) {
          // What a truncation keeps is what was asked for: two characters, or the shape.
          const masked = masker.text(text)
          for (const part of secret.parts)
            if (masked.includes(part)) leaks.push(`${kind} ${JSON.stringify(action)} ${JSON.stringify(text)} → ${JSON.stringify(masked)}`)
        }
      }
    }
    expect(leaks).toEqual([])
  })
}

it('[MK1] (D8) the default rules leave no URL, query text or secret, and take no address of a machine', () => {
  const seeded = createSeeded(seeds[0] ?? 1)
  const masker = maskerOf(presets.default)
  const leaks: string[] = []
  for (const kind of contentKinds.filter((each) => presets.default.content[each].action !== 'keep')) {
    for (let round = 0; round < 100; round++) {
      const secret = secrets[kind](seeded)
      const text = seeded.pick(surroundings).replace('X', () => secret.text)
      const masked = masker.text(text)
      for (const part of secret.parts) if (masked.includes(part)) leaks.push(`${kind} ${JSON.stringify(text)} → ${JSON.stringify(masked)}`)
    }
  }
  expect(leaks).toEqual([])
  expect(masker.text('peer 10.1.2.3 closed')).toBe('peer 10.1.2.3 closed')
})

it('[MK2] fewer than one harmless text in a hundred is touched by the defaults, and fewer than three by all rules', () => {
  const touchedBy = (rules: Rules) => harmless.filter((text) => maskerOf(rules).text(text) !== text)
  const [byDefault, byAll] = [touchedBy(presets.default), touchedBy(everywhere({ action: 'drop' }))]
  const rate = (list: readonly string[]) => (100 * list.length) / harmless.length
  expect(rate(byDefault), `${byDefault.length} of ${harmless.length}: ${byDefault.join(' | ')}`).toBeLessThan(1)
  expect(rate(byAll), `${byAll.length} of ${harmless.length}: ${byAll.join(' | ')}`).toBeLessThan(3)
})

it('[MK3] masking twice is masking once', () => {
  const seeded = createSeeded(seeds[0] ?? 1)
  for (const action of actions) {
    const masker = maskerOf(everywhere(action))
    for (const kind of contentKinds) {
      for (let round = 0; round < 20; round++) {
        const once = masker.text(seeded.pick(surroundings).replace('X', () => secrets[kind](seeded).text))
        if (action.action !== 'truncate') expect(masker.text(once), `${kind} ${action.action}`).toBe(once)
      }
    }
  }
})

it('[MK4] what stands for a secret tells nothing of its length', () => {
  for (const action of ['drop', 'hash'] as const) {
    const masker = maskerOf(everywhere({ action }))
    const lengths = [1, 9, 90].map((length) => masker.text(`password=${'q'.repeat(length)}w`).length)
    expect(new Set(lengths).size, action).toBe(1)
  }
})

it('[MK5] disguised letters, invisible characters and broken text hide nothing', () => {
  const masker = maskerOf(everywhere({ action: 'drop' }))
  const disguised = [
    'ada＠shop．example',
    'p\u200bassword=tern-Nest42',
    'раssword=tern-Nest42',
    'ｐａｓｓｗｏｒｄ＝tern-Nest42',
    'AKIA\u00adABCDEFGHIJKLMNOP',
    'https:\u2044\u2044shop.example\u2044tern-Nest42',
    '１９２．０．２．７',
    '٤١١١١١١١١١١١١١١١',
    'password=\ud800tern-Nest42',
    'Bearer\u00a0abcDEF123456tern-Nest42',
  ]
  for (const text of disguised) {
    const masked = masker.text(text)
    expect(masked, text).not.toMatch(/tern-Nest42|ABCDEFGHIJKL|shop|1111111|192/)
    expect(masked, text).not.toContain('١١١١')
    expect(masked, text).not.toContain('１９２')
  }
})

it('[MK6] texts made to be slow are done in time: work grows with their length alone', () => {
  const masker = maskerOf(everywhere({ action: 'drop' }))
  // With work that grew by the square, one of these would take minutes, and the test its limit.
  const size = 300_000
  for (const piece of hostilePieces) {
    const text = `${piece.repeat(Math.ceil(size / piece.length))} ada@shop.example`
    expect(masker.text(text), piece).not.toContain('ada@shop.example')
  }
})

const hostilePieces =
  'a|a.|a-|-|1|1.|:|f:|eyJ|eyJ-|://|a://|password|password |password=|--password |/?|?a=|@|a@|a@b.|-----BEGIN |-----BEGIN PRIVATE KEY-----|Server=|Server=;|4|4 |DE00|DE00 |+1|00|$2b$|update a |A1b|%40|basic |"\\|\'|select |select from |grant a |explain |with a as|key:|\u200b|\u0430\u0432\u0441|[secret]|cookie:|0x|ip-1-|tel:|www.|MNO|s.|SG.|\n'.split(
    '|',
  )
