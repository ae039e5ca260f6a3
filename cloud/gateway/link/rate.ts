import { linkLimits } from '../../../src/aclk/limits.ts'

/**
 * The allowance of one link: publishes and bytes, each a bucket that refills by time. Above it the link is not read for a while;
 * nothing is dropped (security requirement M9). Plain numbers, no timer.
 */
export class LinkRate {
  #publishes: number = linkLimits.publishBurst
  #bytes: number = linkLimits.bytesBurst
  #refilledMs: number
  #overSinceMs: number | undefined

  constructor(nowMs: number) {
    this.#refilledMs = nowMs
  }

  spendBytes(bytes: number): void {
    this.#bytes -= bytes
  }

  refundBytes(bytes: number): void {
    this.#bytes += bytes
  }

  spendPublish(): void {
    this.#publishes -= 1
  }

  get isSpent(): boolean {
    return this.#publishes <= 0 || this.#bytes <= 0
  }

  /** Refills; `nodes` scales the publishes, since a parent speaks for its children. */
  refill(nowMs: number, nodes: number): void {
    if (this.isSpent) this.#overSinceMs ??= nowMs
    const seconds = (nowMs - this.#refilledMs) / 1000
    const scale = Math.max(1, nodes)
    this.#refilledMs = nowMs
    this.#publishes = Math.min(linkLimits.publishBurst * scale, this.#publishes + seconds * linkLimits.publishesPerSecond * scale)
    this.#bytes = Math.min(linkLimits.bytesBurst, this.#bytes + seconds * linkLimits.bytesPerSecond)
    const isCalm = this.#publishes >= (linkLimits.publishBurst * scale) / 2 && this.#bytes >= linkLimits.bytesBurst / 2
    if (isCalm) this.#overSinceMs = undefined
  }

  /** How long the link has been over its rate without a calm moment. */
  overForMs(nowMs: number): number {
    return this.#overSinceMs === undefined ? 0 : nowMs - this.#overSinceMs
  }
}
