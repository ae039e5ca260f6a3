/** One board of the room. */
export function BoardPage({ boardId }: { readonly boardId: string }) {
  return <h1>{boardId}</h1>
}
