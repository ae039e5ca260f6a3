/** One check of the doctor: what was found, in one sentence that holds the mend when it is not good. */
export interface Finding {
  readonly check: string
  readonly isGood: boolean
  readonly sentence: string
}

export const good = (check: string, sentence: string): Finding => ({ check, isGood: true, sentence })
export const mend = (check: string, sentence: string): Finding => ({ check, isGood: false, sentence })
