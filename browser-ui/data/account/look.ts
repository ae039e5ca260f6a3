/** How the page looks to a person, as their account keeps it: null was never chosen, or follows the machine. */
export interface Look {
  readonly theme: string | null
  readonly timeZone: string | null
}

/** A look with whose it is: another person's means nothing. */
export interface SeenLook extends Look {
  readonly personId: string
}

/**
 * What this browser takes over from the account: that which is not as it was seen there last, so changed elsewhere. A browser that
 * sees an account for the first time takes what was ever chosen.
 */
export function lookToTake(seen: SeenLook | undefined, account: SeenLook): Partial<Look> {
  const isKnown = seen?.personId === account.personId
  const isNew = (name: keyof Look) => (isKnown ? seen[name] !== account[name] : account[name] !== null)
  return {
    ...(isNew('theme') ? { theme: account.theme } : {}),
    ...(isNew('timeZone') ? { timeZone: account.timeZone } : {}),
  }
}

/** What the account is told after a choice in this browser; undefined for nothing. A zone of a node stays in the browser. */
export function lookToTell(seen: Look, chosen: { readonly theme: string; readonly timeZone: string }): Partial<Look> | undefined {
  const timeZone = chosen.timeZone === 'machine' ? null : chosen.timeZone
  const change = {
    ...((seen.theme ?? 'system') === chosen.theme ? {} : { theme: chosen.theme }),
    ...(timeZone === 'node' || timeZone === seen.timeZone ? {} : { timeZone }),
  }
  return Object.keys(change).length === 0 ? undefined : change
}
