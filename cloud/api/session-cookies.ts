import { cookieLine, cookieNames, readCookies } from '../identity/cookies.ts'
import type { SessionTokens } from '../identity/identity.ts'
import { identityLimits } from '../identity/limits.ts'

/** Set-Cookie lines of a browser that is signed in from now on; what it needed on the way there goes. */
export function sessionCookies(tokens: SessionTokens, nowMs: number): string[] {
  return [
    cookieLine(cookieNames.access, tokens.accessToken, tokens.accessExpiresAtMs - nowMs),
    cookieLine(cookieNames.refresh, tokens.refreshToken, tokens.refreshExpiresAtMs - nowMs),
  ]
}

/** Set-Cookie lines that take a session back. */
export const clearedSession: readonly string[] = [cookieLine(cookieNames.access, '', 0), cookieLine(cookieNames.refresh, '', 0)]

type TicketName = 'flow' | 'challenge' | 'pending'
const lifeMs = { flow: identityLimits.flowMs, challenge: identityLimits.challengeMs, pending: identityLimits.challengeMs }

/** Set-Cookie line of a ticket that this browser has to show later. */
export const ticketCookie = (name: TicketName, ticket: string): string => cookieLine(cookieNames[name], ticket, lifeMs[name])

/** Set-Cookie line that takes a ticket back. */
export const clearedTicket = (name: TicketName): string => cookieLine(cookieNames[name], '', 0)

export const ticketOf = (name: TicketName, cookie: string | undefined): string | undefined => readCookies(cookie).get(cookieNames[name])
