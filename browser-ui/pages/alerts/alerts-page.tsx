import { useTitle } from '../../ui/hooks.ts'

/** Alerts of the room. */
export function AlertsPage() {
  useTitle('Alerts')
  return <h1>Alerts</h1>
}
