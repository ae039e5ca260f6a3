/**
 * Colours of a value on the map: one ramp of steadily changing lightness for each theme, so that it reads the same with any colour
 * vision and in grey. The busy end stands out from the page.
 */
export const ramps: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['#d9ecec', '#a5d3d3', '#6fb3bd', '#4690a8', '#376d94', '#35487c', '#2e245c'],
  dark: ['#1f3a4a', '#24566a', '#2b7684', '#43998f', '#79b98a', '#b9d27f', '#f6e980'],
}

const channels = (color: string) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))

/** The colour of a share from 0 to 1 of the scale, in thirty-two steps, so that what hardly changes is not painted anew. */
export function rampColor(theme: 'light' | 'dark', share: number): string {
  const ramp = ramps[theme]
  const stepped = Math.round(Math.min(1, Math.max(0, share)) * 31) / 31
  const place = stepped * (ramp.length - 1)
  const index = Math.min(ramp.length - 2, Math.floor(place))
  const [from, to] = [channels(ramp[index] ?? '#000000'), channels(ramp[index + 1] ?? '#000000')]
  const mixed = from.map((channel, at) => Math.round(channel + ((to[at] ?? 0) - channel) * (place - index)))
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** Relative luminance of a colour, as WCAG 2.2 defines it. */
export function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Black or white, whichever reads better on a colour. */
export function textOn(color: string): '#000000' | '#ffffff' {
  const light = luminance(color)
  return 1.05 / (light + 0.05) > (light + 0.05) / (luminance('#000000') + 0.05) ? '#ffffff' : '#000000'
}

/** The end of a scale for values up to this: 1, 2 or 5 and zeros. */
export function niceCeiling(max: number): number {
  if (!Number.isFinite(max) || max <= 0) return 1
  const size = 10 ** Math.floor(Math.log10(max))
  return ([1, 2, 5].find((step) => step * size >= max * 0.999_999) ?? 10) * size
}

/** A scale that follows the values without twitching: it grows at once and shrinks when they fill less than a fifth of it. */
export function steadyCeiling(before: number | undefined, max: number): number {
  const wanted = niceCeiling(max)
  return before === undefined || wanted > before || wanted < before / 5 ? wanted : before
}
