import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

export const providerRefused = (cause?: unknown): ThroughlineError =>
  new ThroughlineError('PROVIDER_REFUSED', 'The sign-in provider did not confirm who you are; try again.', { cause })

export const providerUnavailable = (cause?: unknown): ThroughlineError =>
  new ThroughlineError('PROVIDER_UNAVAILABLE', 'The sign-in provider does not answer now; try again later or sign in another way.', {
    cause,
  })

export const emailUnverified = (): ThroughlineError =>
  new ThroughlineError('EMAIL_UNVERIFIED', 'Your account there has no verified email address; verify it there, then try again.')
