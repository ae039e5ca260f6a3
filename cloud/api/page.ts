import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import express, { type RequestHandler } from 'express'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/**
 * Files of the built page: names with a hash never change, everything else is asked for again each time. Where browsers may not
 * keep the page, its service worker is one that takes back what they keep: a worker that is merely gone would stay in charge.
 */
export function pageFiles(folder: string, isOfflinePage: boolean): RequestHandler {
  const assets = join(folder, 'assets')
  const files = express.static(folder, {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    setHeaders(response, path) {
      response.setHeader('Cache-Control', path.startsWith(assets) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  if (isOfflinePage) return files
  return (request, response, next) => {
    if (request.path === '/sw.js') request.url = '/sw-retired.js'
    files(request, response, next)
  }
}

/**
 * Every address of a page answers the one page; it finds out by itself what to show. Files and /api are never answered so. Where the
 * operator configured analytics the page is told to load the part that asks for consent; nowhere else is it loaded.
 */
export function pageFallback(folder: string, asksConsent = false): RequestHandler {
  return async (request, response, next) => {
    // Plain words between slashes: no dots, nothing encoded, so no file of whatever kind is mistaken for a page.
    const isPage = /^(\/[\w~-]+)*\/?$/.test(request.path) && !/^\/(api|assets)(\/|$)/i.test(request.path)
    if (!isPage) {
      next(new ThroughlineError('NOT_FOUND', 'There is nothing here.'))
      return
    }
    response.set('Cache-Control', 'no-cache')
    const notBuilt = () => next(new ThroughlineError('NOT_FOUND', 'The page is not built; run npm run build.'))
    if (asksConsent) {
      try {
        const page = await readFile(join(folder, 'index.html'), 'utf8')
        response.type('html').send(page.replace('</head>', `  ${consentTag}\n  </head>`))
      } catch {
        notBuilt()
      }
      return
    }
    response.sendFile('index.html', { root: folder, cacheControl: false }, (error?: Error) => {
      if (error !== undefined && !response.headersSent) notBuilt()
    })
  }
}

const consentTag = '<script src="/consent.js" defer></script>'
