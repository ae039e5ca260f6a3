import { useTitle } from '../../ui/hooks.ts'

/** Home of the room. */
export function HomePage() {
  useTitle('Home')
  return <h1>Home</h1>
}
