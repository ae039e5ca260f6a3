/** A refusal as BigQuery words it: a status, and one error with a reason. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** The body of a refused call. */
export function bodyOf({
  status,
  reason,
  message,
}: {
  readonly status: number
  readonly reason: string
  readonly message: string
}): object {
  return {
    error: { code: status, message, errors: [{ message, domain: 'global', reason }], status: status === 404 ? 'NOT_FOUND' : 'ERROR' },
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, 'notFound', `Not found: ${what}`)
export const duplicate = (what: string): Refusal => new Refusal(409, 'duplicate', `Already Exists: ${what}`)
export const invalid = (message: string): Refusal => new Refusal(400, 'invalid', message)
export const invalidQuery = (message: string): Refusal => new Refusal(400, 'invalidQuery', message)
