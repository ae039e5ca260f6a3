/** Colours a chart is drawn with; canvas cannot read the page's custom properties of a scheme, so they live here. */
export interface ChartColors {
  readonly surface: string
  readonly grid: string
  readonly text: string
  readonly cursor: string
  /** Told apart also with the common forms of colour blindness; each has at least 3:1 against `surface`. */
  readonly series: readonly string[]
}

export const chartColors: Readonly<Record<'light' | 'dark', ChartColors>> = {
  light: {
    surface: '#ffffff',
    grid: '#e9ecf1',
    text: '#626b7a',
    cursor: '#8b94a3',
    series: [
      '#2563c9',
      '#c2570c',
      '#0f8a6d',
      '#a8327e',
      '#8a6d00',
      '#5b7ea8',
      '#7a4fc4',
      '#c23a3a',
      '#3f8a1f',
      '#0b7fa3',
      '#96603a',
      '#6b7280',
    ],
  },
  dark: {
    surface: '#161a21',
    grid: '#252b35',
    text: '#939dad',
    cursor: '#6b7687',
    series: [
      '#6ea8ff',
      '#f2934b',
      '#3fc9a4',
      '#e58ac4',
      '#e0c145',
      '#a9c4e6',
      '#b199f2',
      '#f27d7d',
      '#8fce63',
      '#4cc3e6',
      '#cfa17c',
      '#a3adbb',
    ],
  },
}

/** The colour of the n-th series; after the last it starts again. */
export function seriesColor(colors: ChartColors, index: number): string {
  return colors.series[index % colors.series.length] ?? colors.text
}
