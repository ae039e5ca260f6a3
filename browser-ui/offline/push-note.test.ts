import { expect, it } from 'vitest'
import { readPushNote } from './push-note.ts'

const origin = 'https://cloud.example:8443'
const note = {
  title: 'Critical: cpu on web-1',
  body: 'Chart: system.cpu',
  url: `${origin}/spaces/5a/alerts?x=1#a`,
  tag: 'm1',
  isUrgent: true,
}

it('[NC15] a push message is shown with its words, and leads into the page', () => {
  expect(readPushNote(JSON.stringify(note), origin)).toEqual({
    title: 'Critical: cpu on web-1',
    body: 'Chart: system.cpu',
    path: '/spaces/5a/alerts?x=1#a',
    tag: 'm1',
    isUrgent: true,
  })
})

it.each(['https://evil.example/', '//evil.example/', 'javascript:alert(1)', 'https://cloud.example/', 'http://[', 7])(
  '[NC15] a push message that names %s leads to the beginning of the page',
  (url) => {
    expect(readPushNote(JSON.stringify({ ...note, url }), origin).path).toBe('/')
  },
)

it.each([undefined, '', 'nonsense', 'null', '[]', '{"title":7}', '{"title":""}'])(
  '[NC15] a push message of %j still shows something',
  (text) => {
    expect(readPushNote(text, origin)).toMatchObject({ title: 'Something changed in Throughline', path: '/' })
  },
)
