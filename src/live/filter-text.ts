/**
 * Instances, dimensions and values of labels as agents make them: names may hold spaces and signs, but nothing that separates or
 * joins items of a pattern (comma, bar, asterisk, leading exclamation mark), and none of `& % " \`. At most 200 characters.
 */
export const filterText = /^(?=.{1,200}$)(?![! ])[^,|&%*"\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+(?<! )$/u

/** Names of contexts and labels: no separator of the query language either, no white space, nothing an old agent would echo unescaped. */
export const nameText = /^(?=.{1,200}$)[^\s,|&=#%*!?+"\\\p{Cc}\p{Cs}]+$/u

/** Whether the relay passes on a context or label of this name; one that it refuses takes the whole message with it. */
export function isPassedOn(name: string): boolean {
  return nameText.test(name)
}

/** A label's key; the colon ends it. */
export const labelKeyText = /^(?=.{1,200}$)[^\s,|&=#%*!?+"\\:\p{Cc}\p{Cs}]+$/u
