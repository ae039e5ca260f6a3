import { cookieLine, cookieNames, readCookies } from '../identity/cookies.ts'
import type { Consents } from '../privacy/consent/consents.ts'

const yearMs = 365 * 86_400_000

/** Set-Cookie line of a browser whose person allowed analytics: its pages may name the provider's origin from then on. */
export const allowedLine = ({ providerId }: Pick<Consents, 'providerId'>): string => cookieLine(cookieNames.analytics, providerId, yearMs)

/** Set-Cookie line that takes it back. */
export const forbiddenLine = (): string => cookieLine(cookieNames.analytics, '', 0)

/** Whether this browser carries the consent to this very provider. */
export const isAllowedBy = (cookie: string | undefined, { providerId, provider }: Pick<Consents, 'providerId' | 'provider'>): boolean =>
  provider !== undefined && readCookies(cookie).get(cookieNames.analytics) === providerId
