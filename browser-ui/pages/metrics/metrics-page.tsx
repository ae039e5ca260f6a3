import { useTitle } from '../../ui/hooks.ts'

/** Metrics of the room. */
export function MetricsPage() {
  useTitle('Metrics')
  return <h1>Metrics</h1>
}
