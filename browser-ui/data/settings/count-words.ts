const counted = (one: string, many: string) => (count: number) =>
  `${count === 0 ? 'no' : count.toLocaleString('en-GB')} ${count === 1 ? one : many}`

/** Counts in words: `no node`, `1 node`, `1,200 nodes`. */
export const nodeWords = counted('node', 'nodes')
export const roomWords = counted('room', 'rooms')
export const personWords = counted('person', 'people')
