/**
 * From here on this page asks nobody but its own cloud: a policy that is added only ever takes away, and counts for beacons that are
 * sent while the page goes, too.
 */
export function shutAnalytics(): void {
  const policy = document.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  const live = window.location.origin.replace(/^http/u, 'ws')
  policy.content = `default-src 'self'; connect-src 'self' ${live}; img-src 'self' data: blob:; style-src 'self'; script-src 'self'`
  document.head.append(policy)
}

/** Takes away what a script of somebody else left in this origin. Our own cookies cannot be seen by scripts, and our keys have our name. */
export function forgetAnalytics(): void {
  for (const pair of document.cookie.split(';')) {
    const name = pair.split('=')[0]?.trim() ?? ''
    if (name === '') continue
    for (const domain of ['', `; domain=${window.location.hostname}`, `; domain=.${window.location.hostname}`])
      document.cookie = `${name}=; path=/; max-age=0; secure${domain}`
  }
  for (const store of [window.localStorage, window.sessionStorage])
    for (const key of Object.keys(store)) if (!key.startsWith('throughline')) store.removeItem(key)
}

/** The pages of one browser tell each other under this key, which stays empty: `shut` at the click, `withdrawn` once the cloud has kept it. */
const toldKey = 'throughline-consent-told'
type Told = 'shut' | 'withdrawn'

/** Says it to every other page of this browser. */
export function tellOtherPages(told: Told): void {
  window.localStorage.setItem(toldKey, told)
  window.localStorage.removeItem(toldKey)
}

/** Calls `hear` for what another page of this browser says, as long as this page lives. */
export function hearOtherPages(hear: (told: Told) => void): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === toldKey && (newValue === 'shut' || newValue === 'withdrawn')) hear(newValue)
  })
}
