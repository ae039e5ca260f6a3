import type { RequestHandler } from 'express'
import helmet from 'helmet'
import type { Consents } from '../privacy/consent/consents.ts'
import { isAllowedBy } from './analytics-cookie.ts'

/**
 * What browsers are told about our answers (S8, E2). No inline script, no frame, nothing from elsewhere; charts and components set
 * styles through the object model, which `style-src 'self'` permits. The origin of a provider of analytics is named only in pages
 * that a browser opens whose person allowed it: the browser says so by a cookie that the choice set and its withdrawal takes (U2).
 */
export function securityHeaders(publicUrl: string, consents: Pick<Consents, 'provider' | 'providerId'>): RequestHandler {
  const plain = headersNaming(publicUrl, [])
  if (consents.provider === undefined) return plain
  const withProvider = headersNaming(publicUrl, [new URL(consents.provider.scriptUrl).origin])
  return (request, response, next) => {
    // What a service worker keeps for later must not name it. A page that is opened comes through that worker, too: it navigates still,
    // while its destination is not told any more.
    const isPage = (request.headers['sec-fetch-mode'] ?? 'navigate') === 'navigate'
    const choose = isPage && isAllowedBy(request.headers.cookie, consents) ? withProvider : plain
    choose(request, response, next)
  }
}

function headersNaming(publicUrl: string, others: readonly string[]): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", ...others],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', ...others],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", publicUrl.replace(/^https:/, 'wss:'), ...others],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false,
  })
}
