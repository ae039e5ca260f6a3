import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { navigate } from 'wouter/use-browser-location'
import { ThroughlineError } from '../src/errors/throughline-error.ts'
import { createCloudRequest } from './link/cloud-request.ts'
import { openBrowserSocket } from './link/browser-socket.ts'
import { createLiveClient, type LiveClient } from './link/live-client.ts'
import { pageClock } from './link/page-clock.ts'
import { freshness } from './offline/page-freshness.ts'
import { registerWorker } from './offline/register.ts'
import { App } from './pages/app.tsx'
import { createServices } from './ui/create-services.ts'
import { proof } from './ui/account/proof.ts'
import { returnTo } from './ui/account/return-to.ts'
import { ServicesContext } from './ui/services.ts'
import { theme } from './ui/look/theme.ts'
import './ui/look/tokens.css'
import './ui/look/base.css'
import './ui/look/parts.css'
import './ui/shell/shell.css'
import './ui/spaces/space.css'
import './ui/messages/messages.css'
import './pages/pages.css'

theme.apply()

const toSignIn = () => {
  const { pathname, search, hash } = window.location
  returnTo.keep(`${pathname}${search}${hash}`)
  if (pathname !== '/sign-in') navigate('/sign-in', { replace: true })
}
const isSignedOut = (error: unknown) =>
  error instanceof ThroughlineError && (error.code === 'UNAUTHENTICATED' || error.code === 'SESSION_EXPIRED')

const clients: QueryClient[] = []
const lives: LiveClient[] = []
const request = createCloudRequest(window.fetch.bind(window), freshness, () => proof.ask())
const services = createServices({
  request,
  makeLive(spaceId) {
    const live = createLiveClient({
      openSocket: (events) => openBrowserSocket(events, spaceId),
      clock: pageClock,
      random: Math.random,
      renewSession: () => request.renewSession(),
    })
    live.onState((state) => state === 'signed-out' && toSignIn())
    live.setVisible(!document.hidden)
    lives.push(live)
    return live
  },
  makeClient() {
    const client = new QueryClient({
      queryCache: new QueryCache({ onError: (error) => isSignedOut(error) && toSignIn() }),
      defaultOptions: {
        // Also while the browser believes to be offline: what was known last is answered then.
        mutations: { networkMode: 'always' },
        queries: {
          networkMode: 'always',
          staleTime: 2000,
          retry: (count, error) =>
            count < 2 &&
            error instanceof ThroughlineError &&
            ['SOURCE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'RESTARTING'].includes(error.code),
        },
      },
    })
    clients.push(client)
    return client
  },
})

document.addEventListener('visibilitychange', () => {
  for (const live of lives) {
    live.setVisible(!document.hidden)
    if (!document.hidden) live.hurry()
  }
})
window.addEventListener('online', () => {
  for (const live of lives) live.hurry()
})
// What was asked before the worker listened is asked again, so that it is known when the cloud goes away.
registerWorker(() => {
  for (const client of clients) void client.invalidateQueries()
})

const root = document.querySelector('#root')
if (root === null) throw new TypeError('index.html has lost its root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={services.personal.client}>
      <ServicesContext value={services}>
        <App />
      </ServicesContext>
    </QueryClientProvider>
  </StrictMode>,
)
