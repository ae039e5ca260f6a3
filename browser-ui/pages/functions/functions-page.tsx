import { useTitle } from '../../ui/hooks.ts'

/** Live functions of the room. */
export function FunctionsPage() {
  useTitle('Live functions')
  return <h1>Live functions</h1>
}
