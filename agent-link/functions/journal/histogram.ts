import type { JournalQuery } from './parse-query.ts'

/** Widths of a bar; the first that needs no more than so many bars is taken. */
const widthsS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 604_800] as const
const barLimit = 150
/** The most frequent values have a colour of their own; the rest is one. */
const valueLimit = 20

/** Counts entries over time by the value of one field. */
export function createHistogram({ afterS, beforeS, histogram: field }: JournalQuery) {
  const widthS = widthsS.find((width) => (beforeS - afterS) / width <= barLimit) ?? 604_800
  const startS = Math.floor(afterS / widthS) * widthS
  const bars = Math.max(1, Math.ceil((beforeS - startS) / widthS))
  const counts = new Map<string, number[]>()
  return {
    add(timestampUs: number, value: string | undefined): void {
      const bar = Math.floor((timestampUs / 1_000_000 - startS) / widthS)
      if (bar < 0 || bar >= bars) return
      const key = value ?? '(unset)'
      const known = counts.get(key) ?? Array.from({ length: bars }, () => 0)
      counts.set(key, known)
      known[bar] = (known[bar] ?? 0) + 1
    },
    /** A chart as agents write it: milliseconds, and `[count, 0, 0]` for each value. */
    document(fieldName: string, display: (value: string) => string) {
      const sum = (list: readonly number[]) => list.reduce((total, count) => total + count, 0)
      const sorted = [...counts].sort((a, b) => sum(b[1]) - sum(a[1]))
      const shown = sorted.slice(0, valueLimit)
      const rest = sorted.slice(valueLimit)
      if (rest.length > 0) {
        const others = Array.from({ length: bars }, (_, bar) => rest.reduce((total, [, list]) => total + (list[bar] ?? 0), 0))
        shown.push(['(others)', others])
      }
      const names = shown.map(([value]) => display(value))
      return {
        id: field,
        name: fieldName,
        chart: {
          view: {
            title: `Events by ${fieldName}`,
            after: startS,
            before: startS + bars * widthS,
            update_every: widthS,
            units: 'events',
            chart_type: 'stackedBar',
            dimensions: { ids: shown.map(([value]) => value), names, units: names.map(() => 'events') },
          },
          result: {
            labels: ['time', ...names],
            point: { value: 0, arp: 1, pa: 2 },
            data: Array.from({ length: bars }, (_, bar) => [
              (startS + bar * widthS) * 1_000,
              ...shown.map(([, list]) => [list[bar] ?? 0, 0, 0]),
            ]),
          },
        },
      }
    },
  }
}

export type Histogram = ReturnType<typeof createHistogram>
