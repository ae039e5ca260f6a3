import type { Ephemeral } from '../domain/ephemeral.ts'

/** `T` itself, or `never` when it is a live value or has one among its members: such things are delivered, not queued. */
export type NotLive<T> = T extends Ephemeral
  ? never
  : T extends object
    ? { [K in keyof T]: T[K] extends Ephemeral ? true : never }[keyof T] extends never
      ? T
      : never
    : T

/** First in, first out, with an end. */
export interface BoundedQueue<T> {
  /** False when the queue is full; the item is then not taken. */
  add(item: NotLive<T>): boolean
  take(): T | undefined
  readonly size: number
}

/** A queue that holds at most `limit` items. Live values are no type it accepts; test/types proves that. */
export function createBoundedQueue<T>(limit: number): BoundedQueue<T> {
  const items: T[] = []
  return {
    add(item) {
      if (items.length >= limit) return false
      items.push(item)
      return true
    },
    take: () => items.shift(),
    get size() {
      return items.length
    },
  }
}
