import type uPlot from 'uplot'

const stripCssPx = 4

/** A quiet hatched strip under the rows to which not every source contributed. */
export function paintPartial(plot: uPlot, timesS: readonly number[], isPartial: readonly boolean[], color: string): void {
  if (!isPartial.includes(true)) return
  const { ctx, bbox } = plot
  const unit = window.devicePixelRatio || 1
  const height = stripCssPx * unit
  const bottom = bbox.top + bbox.height
  ctx.save()
  ctx.beginPath()
  for (let row = 0; row < timesS.length; row++) {
    if (isPartial[row] !== true) continue
    let end = row
    while (isPartial[end + 1] === true) end += 1
    const left = Math.max(bbox.left, plot.valToPos(timesS[Math.max(0, row - 1)] ?? 0, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(timesS[end] ?? 0, 'x', true))
    if (right > left) ctx.rect(left, bottom - height, Math.max(unit, right - left), height)
    row = end
  }
  ctx.clip()
  ctx.strokeStyle = color
  ctx.lineWidth = unit
  ctx.beginPath()
  for (let x = bbox.left - height; x < bbox.left + bbox.width; x += height) {
    ctx.moveTo(x, bottom)
    ctx.lineTo(x + height, bottom - height)
  }
  ctx.stroke()
  ctx.restore()
}
