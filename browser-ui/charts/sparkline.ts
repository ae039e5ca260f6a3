/** Draws a line without axes over the whole canvas; gaps stay gaps. Times run from `fromS` to `toS`, values from 0 to `ceiling`. */
export function drawSparkline(
  canvas: HTMLCanvasElement,
  timesS: readonly number[],
  values: readonly (number | null)[],
  options: { readonly fromS: number; readonly toS: number; readonly ceiling: number | undefined; readonly color: string },
): void {
  const ratio = window.devicePixelRatio || 1
  const width = Math.round(canvas.clientWidth * ratio)
  const height = Math.round(canvas.clientHeight * ratio)
  if (width === 0 || height === 0) return
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  const context = canvas.getContext('2d')
  if (context === null) return
  context.clearRect(0, 0, width, height)
  const top = options.ceiling ?? Math.max(1e-9, ...values.filter((value) => value !== null)) * 1.1
  const x = (timeS: number) => ((timeS - options.fromS) / (options.toS - options.fromS)) * width
  const y = (value: number) => height - ratio - (Math.min(value, top) / top) * (height - 2 * ratio)
  const stroke = new Path2D()
  const region = new Path2D()
  let startX: number | undefined
  let lastX = 0
  const closeArea = () => {
    if (startX === undefined) return
    region.lineTo(lastX, height)
    region.lineTo(startX, height)
    region.closePath()
    startX = undefined
  }
  timesS.forEach((timeS, index) => {
    const value = values[index] ?? null
    if (value === null) return closeArea()
    const at = [x(timeS), y(value)] as const
    if (startX === undefined) {
      stroke.moveTo(...at)
      region.moveTo(...at)
      startX = at[0]
    } else {
      stroke.lineTo(...at)
      region.lineTo(...at)
    }
    lastX = at[0]
  })
  closeArea()
  context.fillStyle = `${options.color}24`
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
  context.fill(region)
  context.strokeStyle = options.color
  // One pixel is painted many times faster than one and a half in software, and round corners cost again.
  context.lineWidth = ratio > 1 ? 1.5 * ratio : 1
  context.lineJoin = 'bevel'
  context.stroke(stroke)
}
