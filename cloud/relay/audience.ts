import { liveLimits } from '../../src/live/limits.ts'
import type { Outlet } from './outlet.ts'
import { contextBytes, tickParts } from './question.ts'

/** One subscription's part in an audience. */
export interface Member {
  readonly outlet: Outlet
  readonly contexts: readonly string[]
  readonly bytes: number
  isWatching: boolean
}

/** Who takes part in one stream, and the union of what those who look want to see. */
export interface Audience {
  /** Undefined when the contexts are more than one viewer or all together may name. */
  add(outlet: Outlet, contexts: readonly string[]): Member | undefined
  remove(member: Member): void
  /** Answers whether it changed anything. */
  setWatching(member: Member, isWatching: boolean): boolean
  isEmpty(): boolean
  isWatched(): boolean
  /** Sockets of those who look, each once. */
  watching(): Iterable<Outlet>
  /** The union of contexts as parts of questions, made anew only after a change. */
  parts(): readonly string[]
}

/** An audience without members. Every context of those who look is counted, so leaving is as cheap as joining. */
export function createAudience(): Audience {
  const members = new Set<Member>()
  const watchers = new Map<Outlet, number>()
  /** Contexts by how many members name them: all members, and those who look. */
  const named = new Map<string, number>()
  const wanted = new Map<string, number>()
  let namedBytes = 0
  let parts: readonly string[] | undefined

  /** Answers whether the key came or went. */
  function count<K>(counts: Map<K, number>, key: K, by: 1 | -1): boolean {
    const before = counts.get(key) ?? 0
    const after = before + by
    if (after === 0) counts.delete(key)
    else counts.set(key, after)
    return before === 0 || after === 0
  }

  function setWatching(member: Member, isWatching: boolean): boolean {
    if (member.isWatching === isWatching) return false
    member.isWatching = isWatching
    const by = isWatching ? 1 : -1
    count(watchers, member.outlet, by)
    for (const context of member.contexts) if (count(wanted, context, by)) parts = undefined
    return true
  }

  return {
    add(outlet, contexts) {
      const distinct = [...new Set(contexts)]
      const bytes = bytesOf(distinct)
      let ownBytes = bytes
      for (const member of members) if (member.outlet === outlet) ownBytes += member.bytes
      const newBytes = bytesOf(distinct.filter((context) => !named.has(context)))
      if (ownBytes > liveLimits.contextBytesPerViewer || namedBytes + newBytes > liveLimits.contextBytesPerStream) return undefined
      const member: Member = { outlet, contexts: distinct, bytes, isWatching: false }
      members.add(member)
      for (const context of distinct) count(named, context, 1)
      namedBytes += newBytes
      return member
    },
    remove(member) {
      if (!members.delete(member)) return
      setWatching(member, false)
      for (const context of member.contexts) if (count(named, context, -1)) namedBytes -= contextBytes(context)
    },
    setWatching,
    isEmpty: () => members.size === 0,
    isWatched: () => watchers.size > 0,
    watching: () => watchers.keys(),
    parts: () => (parts ??= tickParts(wanted.keys())),
  }
}

function bytesOf(contexts: readonly string[]): number {
  return contexts.reduce((sum, context) => sum + contextBytes(context), 0)
}
