import type uPlot from 'uplot'

/** Paints the lines of an earlier period over a chart: dashed and dimmed, in the colours of the series they belong to. */
export function paintCompared(
  plot: uPlot,
  timesS: readonly number[],
  columns: readonly (readonly (number | null)[])[],
  colors: readonly string[],
): void {
  const { ctx, bbox } = plot
  const unit = window.devicePixelRatio || 1
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.lineWidth = 1.5 * unit
  ctx.globalAlpha = 0.7
  ctx.setLineDash([5 * unit, 4 * unit])
  columns.forEach((values, index) => {
    ctx.strokeStyle = colors[index] ?? ''
    ctx.beginPath()
    let isDrawing = false
    timesS.forEach((timeS, row) => {
      const value = values[row] ?? null
      if (value === null) {
        isDrawing = false
        return
      }
      const x = plot.valToPos(timeS, 'x', true)
      const y = plot.valToPos(value, 'y', true)
      if (isDrawing) ctx.lineTo(x, y)
      else ctx.moveTo(x, y)
      isDrawing = true
    })
    ctx.stroke()
  })
  ctx.restore()
}
