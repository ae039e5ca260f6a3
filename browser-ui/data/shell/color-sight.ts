/** Red, green and blue of a colour, each from 0 to 255. */
export type Rgb = readonly [number, number, number]

/** Reads `#rrggbb` (what follows it is opacity and left out). */
export const rgbOf = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb

const toLinear = (part: number) => {
  const share = part / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
const fromLinear = (share: number) => 255 * (share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055)

/** How bright a colour is, from 0 to 1, as WCAG 2.2 counts it. */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map(toLinear)
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

/** The contrast of two colours, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** What people see who lack one kind of cone, fully: matrices over linear light by Machado, Oliveira and Fernandes (2009), severity 1. */
const sights = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const
export type Sight = keyof typeof sights | 'common'

/** A colour as it looks with that sight. */
export function seenWith(sight: Sight, color: Rgb): Rgb {
  if (sight === 'common') return color
  const [red = 0, green = 0, blue = 0] = color.map(toLinear)
  const matrix = sights[sight]
  const row = (at: number) => (matrix[at] ?? 0) * red + (matrix[at + 1] ?? 0) * green + (matrix[at + 2] ?? 0) * blue
  return [0, 3, 6].map((at) => fromLinear(Math.min(1, Math.max(0, row(at))))) as unknown as Rgb
}

/** How different two colours look: the distance in OKLab, times 100. Below about 2 nobody tells them apart side by side. */
export function difference(a: Rgb, b: Rgb): number {
  const [one, two] = [oklab(a), oklab(b)]
  return 100 * Math.hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2])
}

function oklab(color: Rgb): Rgb {
  const [red = 0, green = 0, blue = 0] = color.map(toLinear)
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ]
}
