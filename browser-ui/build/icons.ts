import { crc32, deflateSync } from 'node:zlib'

type Color = readonly [number, number, number]
type Point = readonly [number, number]

const ground: Color = [0x0b, 0x6e, 0x74]
const ring: Color = [0xff, 0xff, 0xff]
const line: Color = [0x8f, 0xf0, 0xe4]

/** The mark of favicon.svg: the ring and the line through it, on a grid of 32. */
const curve: readonly (readonly [Point, Point, Point, Point])[] = [
  [
    [2, 20],
    [7, 20],
    [9, 12],
    [16, 12],
  ],
  [
    [16, 12],
    [23, 12],
    [24, 20],
    [30, 16],
  ],
]
const halfStroke = 1.2
const corner = 8

const points: readonly Point[] = curve.flatMap(([a, b, c, d]) =>
  Array.from({ length: 25 }, (_, step): Point => {
    const t = step / 24
    const u = 1 - t
    const at = (axis: 0 | 1) => u ** 3 * a[axis] + 3 * u * u * t * b[axis] + 3 * u * t * t * c[axis] + t ** 3 * d[axis]
    return [at(0), at(1)]
  }),
)

function distanceToLine(x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY
  // The curve stays between 12 and 20.
  if (y < 10 || y > 22) return best
  for (let at = 1; at < points.length; at++) {
    const [ax, ay] = points[at - 1] ?? [0, 0]
    const [bx, by] = points[at] ?? [0, 0]
    const lengthSquared = (bx - ax) ** 2 + (by - ay) ** 2
    const t = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / lengthSquared))
    best = Math.min(best, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)))
  }
  return best
}

const distanceToGround = (x: number, y: number) => {
  const dx = Math.abs(x - 16) - (16 - corner)
  const dy = Math.abs(y - 16) - (16 - corner)
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner
}

/** How much of a pixel lies inside, from its distance to the edge in pixels. */
const cover = (distancePx: number) => Math.min(1, Math.max(0, 0.5 - distancePx))
const mix = (below: Color, above: Color, share: number): Color => [
  below[0] + (above[0] - below[0]) * share,
  below[1] + (above[1] - below[1]) * share,
  below[2] + (above[2] - below[2]) * share,
]

/** The icon as a PNG. A maskable one has its ground to the edge and the mark within the circle that every mask leaves. */
export function drawIcon(sizePx: number, isMaskable: boolean): Uint8Array {
  const pixel = 32 / sizePx
  const shrink = isMaskable ? 0.72 : 1
  const rows = Buffer.alloc(sizePx * (sizePx * 4 + 1))
  for (let row = 0; row < sizePx; row++) {
    for (let column = 0; column < sizePx; column++) {
      const [gx, gy] = [(column + 0.5) * pixel, (row + 0.5) * pixel]
      const [x, y] = [16 + (gx - 16) / shrink, 16 + (gy - 16) / shrink]
      const toPx = shrink / pixel
      const onRing = cover((Math.abs(Math.hypot(x - 16, y - 16) - 7) - halfStroke) * toPx)
      const onLine = cover((distanceToLine(x, y) - halfStroke) * toPx)
      const color = mix(mix(ground, ring, onRing), line, onLine)
      const alpha = isMaskable ? 1 : cover(distanceToGround(gx, gy) / pixel)
      const at = row * (sizePx * 4 + 1) + 1 + column * 4
      for (const [channel, value] of [...color, alpha * 255].entries()) rows[at + channel] = Math.round(value)
    }
  }
  return png(sizePx, rows)
}

function png(sizePx: number, rows: Buffer): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(sizePx, 0)
  header.writeUInt32BE(sizePx, 4)
  // Eight bits a channel, with alpha.
  header.set([8, 6, 0, 0, 0], 8)
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}
