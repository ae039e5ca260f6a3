const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How long BigQuery lets an owner look back at what was deleted, as we set it on our datasets: the least it allows. */
export const timeTravelHours = 48
/** How long Google itself can restore what is past time travel; nobody can shorten it, and nobody but Google's support can use it. */
const failSafeMs = 7 * dayMs
/** How long BigQuery answers what a job was, its parameters included; nobody can shorten it. */
const jobHistoryMs = 180 * dayMs
/** How long the pseudonym and revision of a deleted row are remembered, longer than any log or backup that could bring it back. */
export const rememberedDays = 45
/** When a staging table that a crash left behind goes by itself. */
export const stagingHours = 24

/** What is left in BigQuery after a row was deleted, and for how long after the deletion; certificates of erasure name it (D6). */
export const bigQueryTails: readonly { readonly what: string; readonly forMs: number }[] = [
  {
    what: 'BigQuery: time travel, in which the owner of the project can still read deleted rows of pseudonyms',
    forMs: timeTravelHours * hourMs,
  },
  { what: 'BigQuery: fail-safe, from which Google alone can restore', forMs: timeTravelHours * hourMs + failSafeMs },
  {
    what: 'BigQuery: pseudonyms of deleted rows with their revisions, so that a late load does not bring them back',
    forMs: rememberedDays * dayMs,
  },
  { what: 'BigQuery: its history of jobs, which has the pseudonyms that were counted for receipts and certificates', forMs: jobHistoryMs },
]
