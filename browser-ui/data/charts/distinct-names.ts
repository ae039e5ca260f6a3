/** Nodes of one hostname get the start of their id behind it, as long as needed to tell them apart: two series must not have one name. */
export function withDistinctNames<N extends { readonly nodeId: string; readonly hostname: string }>(nodes: readonly N[]): readonly N[] {
  const byName = new Map<string, string[]>()
  for (const { nodeId, hostname } of nodes) byName.set(hostname, [...(byName.get(hostname) ?? []), nodeId])
  return nodes.map((node) => {
    const ids = byName.get(node.hostname) ?? []
    return ids.length < 2 ? node : { ...node, hostname: `${node.hostname} (${node.nodeId.slice(0, distinctLength(ids))})` }
  })
}

/** How many letters tell these ids apart; four at least. */
function distinctLength(ids: readonly string[]): number {
  let length = 4
  while (length < 36 && new Set(ids.map((id) => id.slice(0, length))).size < ids.length) length += 4
  return length
}
