/** Colours a chart is drawn with; canvas cannot read the page's custom properties of a scheme, so they live here. */
export interface ChartColors {
  readonly surface: string
  readonly grid: string
  readonly text: string
  readonly cursor: string
  /** Neighbours, and the first six among each other, are told apart with every form of colour blindness (EV31); each has at least 3:1 against `surface`. */
  readonly series: readonly string[]
  /** From little to much, for heat maps: even steps of lightness, so that the order is seen without colour. */
  readonly heat: readonly string[]
}

export const chartColors: Readonly<Record<'light' | 'dark', ChartColors>> = {
  light: {
    surface: '#ffffff',
    grid: '#e9ecf1',
    text: '#626b7a',
    cursor: '#8b94a3',
    series: [
      '#596fbd',
      '#ca772f',
      '#2f6050',
      '#a8549b',
      '#60552c',
      '#4596d4',
      '#6036a1',
      '#da617a',
      '#617923',
      '#048cbd',
      '#b46435',
      '#51525e',
    ],
    heat: ['#fdf0c3', '#f9dd8d', '#f0c25f', '#dda450', '#bf8659', '#9a6b66', '#73536d', '#4f3f6b', '#2e2d5e', '#14204b'],
  },
  dark: {
    surface: '#161a21',
    grid: '#252b35',
    text: '#939dad',
    cursor: '#6b7687',
    series: [
      '#8ea5f4',
      '#de7122',
      '#20d7c2',
      '#b56194',
      '#f8d172',
      '#1c85e3',
      '#e0bbfb',
      '#d57b82',
      '#87df92',
      '#44b1c3',
      '#e29255',
      '#d2d6dd',
    ],
    heat: ['#1f2a4d', '#2b3768', '#3f4a78', '#595e7c', '#74727b', '#8f8878', '#aa9d71', '#c6b365', '#e2ca53', '#ffe24a'],
  },
}

/** The colour of a value between nothing and the most there is; undefined for nothing. Small counts stay visible beside large ones. */
export function heatColor(colors: ChartColors, value: number, most: number): string | undefined {
  if (!(value > 0) || !(most > 0)) return undefined
  const level = Math.min(colors.heat.length - 1, Math.floor(Math.sqrt(value / most) * colors.heat.length))
  return colors.heat[level]
}

/** The colour of the n-th series; after the last it starts again. */
export function seriesColor(colors: ChartColors, index: number): string {
  return colors.series[index % colors.series.length] ?? colors.text
}
