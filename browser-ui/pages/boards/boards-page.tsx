import { useTitle } from '../../ui/hooks.ts'

/** Boards of the room. */
export function BoardsPage() {
  useTitle('Boards')
  return <h1>Boards</h1>
}
