import { forgetAnalytics, hearOtherPages, shutAnalytics } from './stop-analytics.ts'

/**
 * Asks for consent to the operator's analytics, and loads them where it was given (U2). A file that stands alone: the cloud names it
 * in the page only where a provider is configured, so that nobody else loads a byte of it.
 */
interface Answer {
  readonly provider: { readonly name: string; readonly purpose: string; readonly domains: readonly string[] } | null
  readonly choice: 'granted' | 'withdrawn' | null
  readonly isAllowedHere: boolean
  readonly scriptUrl: string | null
}

const address = '/api/throughline/v1/consent'
const reloadedKey = 'throughline-consent-reloaded'
const lookEveryMs = 1_000
const triesMax = 5
/** A page with the script asks this often whether the consent still stands: it may have been withdrawn in another browser. */
const askEveryMs = 10_000

/** Pages of whoever is not signed in; there is nobody there who could choose. */
const isStranger = () => /^\/(?:sign-in|goodbye|erased)(?:\/|$)/u.test(window.location.pathname)

const style = `
.consent{position:fixed;z-index:40;inset:auto 16px calc(16px + env(safe-area-inset-bottom)) auto;width:min(420px,calc(100vw - 32px));
box-sizing:border-box;padding:16px 18px;border:1px solid var(--line-strong);border-radius:var(--radius-l);background:var(--surface);
color:var(--text);box-shadow:var(--shadow-2);font:14px/1.5 var(--font)}
.consent h2{margin:0 0 6px;font-size:15px}
.consent p{margin:0 0 12px;color:var(--text-2);overflow-wrap:anywhere}
.consent p:empty{margin:0}
.consent div{display:grid;grid-template-columns:1fr 1fr;gap:10px}
.consent button{min-height:42px;border:1px solid var(--line-strong);border-radius:8px;background:var(--surface);color:var(--text);
font:inherit;font-weight:560;cursor:pointer}
.consent button:hover{background:var(--hover)}
.consent button:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
@media (max-width:720px){.consent{bottom:calc(80px + env(safe-area-inset-bottom))}}
`

async function ask(): Promise<Answer | undefined> {
  const answer = await fetch(address, { credentials: 'same-origin', headers: { accept: 'application/json' } }).catch(() => undefined)
  return answer?.ok === true ? ((await answer.json()) as Answer) : undefined
}

async function choose(choice: 'granted' | 'withdrawn'): Promise<boolean> {
  const answer = await fetch(address, {
    method: 'PUT',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ choice }),
  }).catch(() => undefined)
  return answer?.ok === true
}

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, text: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  element.textContent = text
  return element
}

/** Beside the page, never over it: nothing waits for an answer, and both answers look alike. */
function show({ name, purpose, domains }: NonNullable<Answer['provider']>): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  const banner = make('section', '')
  banner.className = 'consent'
  banner.setAttribute('aria-label', 'Analytics')
  const buttons = make('div', '')
  const problem = make('p', '')
  problem.setAttribute('role', 'alert')
  for (const [label, choice] of [
    ['Allow', 'granted'],
    ['No', 'withdrawn'],
  ] as const) {
    const button = make('button', label)
    button.type = 'button'
    button.addEventListener('click', () => {
      void choose(choice).then((isKept) => {
        if (!isKept) problem.textContent = 'Your choice could not be kept. Try again.'
        else if (choice === 'granted') window.location.reload()
        else banner.remove()
      })
    })
    buttons.append(button)
  }
  banner.append(
    make('h2', 'May this page use analytics?'),
    make(
      'p',
      `Whoever runs this cloud would like to use ${name} (${domains.join(', ')}) to ${purpose}. You can change your mind in your profile under “Your data”.`,
    ),
    buttons,
    problem,
  )
  document.body.append(banner)
}

/** Ends the script of somebody else: only a page that is loaded anew is without it. */
function stop(): void {
  shutAnalytics()
  forgetAnalytics()
  window.location.reload()
}

/** The script of somebody else; it stays as long as this page, this person and their consent do. */
function load(url: string): void {
  hearOtherPages((told) => (told === 'shut' ? shutAnalytics() : stop()))
  const look = () => void ask().then((answer) => answer !== undefined && answer.choice !== 'granted' && stop())
  window.setInterval(look, askEveryMs)
  document.addEventListener('visibilitychange', () => !document.hidden && look())
  const script = document.createElement('script')
  script.src = url
  script.async = true
  document.head.append(script)
  // Whoever signs out takes their consent with them.
  window.setInterval(() => {
    if (isStranger()) window.location.reload()
  }, lookEveryMs)
}

function act({ provider, choice, isAllowedHere, scriptUrl }: Answer): void {
  if (provider === null) return
  if (choice === null) return show(provider)
  if (choice !== 'granted' || scriptUrl === null) return
  if (isAllowedHere) {
    window.sessionStorage.removeItem(reloadedKey)
    return load(scriptUrl)
  }
  // Allowed in another browser: this one has just been told, and only a page that is loaded anew may name the provider.
  if (window.sessionStorage.getItem(reloadedKey) !== null) return
  window.sessionStorage.setItem(reloadedKey, 'yes')
  window.location.reload()
}

/** Waits until somebody is signed in, asking nothing before. */
function begin(tries: number): void {
  if (isStranger()) return void window.setTimeout(() => begin(0), lookEveryMs)
  void ask().then((answer) => {
    if (answer !== undefined) act(answer)
    else if (tries < triesMax) window.setTimeout(() => begin(tries + 1), lookEveryMs * (tries + 1))
  })
}

begin(0)
