/** 2100-01-01; what lies beyond is no time of a sample, but milliseconds or malice. */
const latestS = 4_102_444_800
/** A row of an answer stands for at most a year. */
const longestStepS = 366 * 86_400

/** Whether a value is a time that a row can have: epoch seconds after 1970 and within this century. */
export function isRowTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < latestS
}

/** Seconds between two rows as an agent says, within what can be. */
export function rowStepS(saidS: number): number {
  return Math.min(longestStepS, Math.max(1, saidS))
}
