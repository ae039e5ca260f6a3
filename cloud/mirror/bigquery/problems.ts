import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** What BigQuery said in one of its errors. Its message may quote what it read, so it is looked at here and kept nowhere. */
export interface ErrorProto {
  readonly reason?: string
  readonly message?: string
}

/**
 * What an error of BigQuery means for us. `duplicate`: it is there already. `gone`: what was named is not there. `changed`: somebody
 * else changed it meanwhile. `invalid`: what we sent is not taken as it is. `later`: the same again, later, may succeed.
 */
export interface Problem {
  readonly kind: 'duplicate' | 'gone' | 'changed' | 'invalid' | 'later'
  /** One word: BigQuery's own reason, or ours. Never content. */
  readonly reason: string
  /** For the operator. */
  readonly sentence: string
}

const again = 'It is tried again by itself.'
const sentences: Readonly<Record<string, string>> = {
  unreachable: `BigQuery cannot be reached. ${again}`,
  unanswered: `BigQuery does not answer. ${again}`,
  busy: `BigQuery is still at work on what it was given. ${again}`,
  noCredentials: 'No Google credentials were found. Set up Application Default Credentials on this machine.',
  accessDenied: 'BigQuery refuses access. Give the account of this cloud the roles that the README names.',
  authError: 'BigQuery does not accept the credentials. Renew the Application Default Credentials of this machine.',
  rateLimitExceeded: `BigQuery takes no more for a moment. ${again}`,
  quotaExceeded: `A quota of the Google Cloud project is used up. ${again} If it stays so, look at the quotas of BigQuery in the project.`,
  billingNotEnabled: 'The Google Cloud project has no billing account that pays for BigQuery. Connect one.',
  billingTierLimitExceeded: 'The Google Cloud project may not spend more on BigQuery. Raise its limit.',
  concurrent: `Something else writes the same tables of BigQuery. ${again}`,
  streamingBuffer: `BigQuery does not change rows that were just streamed into the table. Nothing but this cloud may write there. ${again}`,
  notFound: 'The dataset or a table of it is not in BigQuery, or lies in another location than THROUGHLINE_BIGQUERY_LOCATION says.',
  backendError: `BigQuery has a problem of its own. ${again}`,
  invalid: 'BigQuery does not take what this version sends. Look for columns of the dataset that were changed by hand.',
}

const sentenceOf = (reason: string): string => sentences[reason] ?? sentences['backendError'] ?? ''
const problem = (kind: Problem['kind'], reason: string): Problem => ({ kind, reason, sentence: sentenceOf(reason) })

/** Refusals of a statement that stand in the way of others for a while only; BigQuery calls them `invalidQuery`, so the words decide. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/streaming buffer/i, 'streamingBuffer'],
  [
    /concurrent (update|transaction|modification)|could not serialize|aborted due to|too many (dml|statements|.*pending|.*outstanding)/i,
    'concurrent',
  ],
]

const words: Readonly<Record<string, Problem['kind']>> = {
  duplicate: 'duplicate',
  notFound: 'gone',
  conditionNotMet: 'changed',
  invalid: 'invalid',
  invalidQuery: 'invalid',
  required: 'invalid',
  badRequest: 'invalid',
  parseError: 'invalid',
  tableUnavailable: 'later',
}

/** What an error of a job, or of the body of an answer, means. */
export function problemOf({ reason = 'backendError', message = '' }: ErrorProto): Problem {
  const found = passing.find(([pattern]) => pattern.test(message))
  if (found !== undefined && reason !== 'duplicate') return problem('later', found[1])
  const kind = words[reason] ?? 'later'
  return kind === 'invalid' ? { ...problem(kind, 'invalid'), reason } : problem(kind, reason)
}

const statusReasons: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'authError',
  403: 'accessDenied',
  404: 'notFound',
  409: 'duplicate',
  412: 'conditionNotMet',
  429: 'rateLimitExceeded',
}

/** What something thrown by the client means. */
export function problemOfThrown(thrown: unknown): Problem {
  if (thrown instanceof UnansweredError) return problem('later', 'unanswered')
  const { code, errors, message } = Object(thrown) as { code?: unknown; errors?: readonly ErrorProto[]; message?: unknown }
  const text = typeof message === 'string' ? message : ''
  if (/could not load the default credentials|could not refresh access token|invalid_grant/i.test(text)) {
    return problem('later', 'noCredentials')
  }
  if (typeof code !== 'number') {
    // Without a status the call never came back whole: no address, no connection, a connection that was cut.
    return errors?.[0] === undefined ? problem('later', 'unreachable') : problemOf(errors[0])
  }
  if (code >= 500) return problem('later', errors?.[0]?.reason === 'quotaExceeded' ? 'quotaExceeded' : 'backendError')
  const reason = statusReasons[code] ?? 'backendError'
  // The status decides about what is there; the reason says more where access is refused or a statement is.
  if (code === 404 || code === 409 || code === 412) return problem(words[reason] ?? 'later', reason)
  return problemOf({ reason: errors?.[0]?.reason ?? reason, message: errors?.[0]?.message ?? text })
}

/** A call that was given up because no answer came in time; whether it took effect is not known. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'
}

/** The error that the drain of the mirror waits on and repeats. */
export function unavailable({ reason, sentence }: Pick<Problem, 'reason' | 'sentence'>): ThroughlineError {
  return new ThroughlineError('MIRROR_UNAVAILABLE', sentence, { detail: reason })
}

/** BigQuery has not ended a job in the time we wait for it. */
export const stillBusy = problem('later', 'busy')
