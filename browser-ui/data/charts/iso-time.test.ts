import { expect, it } from 'vitest'
import { isoTime } from './iso-time.ts'

it('[CX11] times of a file are ISO 8601 in the zone that was chosen', () => {
  expect(isoTime(1_773_320_602, 0)).toBe('2026-03-12T13:03:22Z')
  expect(isoTime(1_773_320_602, 3600)).toBe('2026-03-12T14:03:22+01:00')
  expect(isoTime(1_773_320_602, -12_600)).toBe('2026-03-12T09:33:22-03:30')
})
