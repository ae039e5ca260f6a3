import { expect, it } from 'vitest'
import { parseMarkup } from './markup.ts'

const text = (words: string) => ({ kind: 'text', text: words })

it('[BD27] reads headings, paragraphs, lists, bold words and links', () => {
  expect(
    parseMarkup(
      '# One\n### Three\nFirst line\nsecond **bold** line\n\n- a\n* b\n1. c\n2) d\nSee [the docs](https://example.org/a?b=1) or https://example.org.',
    ),
  ).toEqual([
    { kind: 'heading', level: 1, content: [text('One')] },
    { kind: 'heading', level: 3, content: [text('Three')] },
    { kind: 'paragraph', lines: [[text('First line')], [text('second '), { kind: 'bold', text: 'bold' }, text(' line')]] },
    { kind: 'bullets', lines: [[text('a')], [text('b')]] },
    { kind: 'numbers', lines: [[text('c')], [text('d')]] },
    {
      kind: 'paragraph',
      lines: [
        [
          text('See '),
          { kind: 'link', text: 'the docs', href: 'https://example.org/a?b=1' },
          text(' or '),
          { kind: 'link', text: 'https://example.org.', href: 'https://example.org./' },
        ],
      ],
    },
  ])
  expect(parseMarkup('')).toEqual([])
  expect(parseMarkup('\n \n')).toEqual([])
})

it.each([
  '[x](javascript:alert(1))',
  '[x](data:text/html,hi)',
  '[x](//evil.example)',
  '[x](https://)',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '**',
  '[[[[',
  '#no space',
])('[BD28] %j stays plain words', (hostile) => {
  expect(parseMarkup(hostile)).toEqual([{ kind: 'paragraph', lines: [[text(hostile)]] }])
})

it('[BD28] takes texts that are made to be slow', () => {
  for (const piece of ['[', '*', '**', '[a](', 'https://', '# ', '- ', '[x](https://a']) {
    expect(parseMarkup(piece.repeat(20_000 / piece.length)).length).toBeGreaterThan(0)
  }
})
