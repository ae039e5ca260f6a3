/** How the page of the document looks; dark and light, wide and narrow. */
export const readerStyle = `:root { color-scheme: light dark; --page: #fff; --ink: #16191f; --line: #c9ccd3; --quiet: #5a6070; --mark: #1f5fbf; --ground: #f5f6f8 }
@media (prefers-color-scheme: dark) { :root { --page: #12151b; --ink: #e8eaee; --line: #3a404c; --quiet: #a7aebb; --mark: #8ab8ff; --ground: #1b1f27 } }
html { background: var(--page); color: var(--ink) }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif }
a, .method { color: var(--mark) }
small, .may, .type, nav li { color: var(--quiet) }
input { background: var(--page); color: var(--ink) }
input { box-sizing: border-box; width: 100%; min-height: 2.75rem; padding: 0 .75rem; font: inherit; border: 1px solid var(--line); border-radius: .375rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none }
nav a { display: inline-block; padding: .25rem 0 }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .375rem; overflow-wrap: anywhere }
details > *:not(summary) { margin-left: .75rem; margin-right: .75rem }
summary { padding: .5rem .75rem; cursor: pointer; background: var(--ground); border-radius: .375rem }
.method { display: inline-block; min-width: 4rem; font-weight: 700 }
h3 { font-size: 1rem }
ul { padding-left: 1.25rem }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
[hidden] { display: none }
`

/** The search of the page: without it, everything is there all the same. */
export const readerScript = `const search = document.querySelector('#search')
const found = document.querySelector('#found')
const rows = [...document.querySelectorAll('details')]
for (const each of document.querySelectorAll('label[for=search], #search')) each.hidden = false
const look = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  for (const row of rows) row.hidden = !words.every((word) => row.dataset.words.includes(word))
  for (const section of document.querySelectorAll('section')) section.hidden = section.querySelector('details:not([hidden])') === null
  const count = rows.filter((row) => !row.hidden).length
  found.textContent = words.length === 0 ? '' : count === 1 ? '1 address' : count + ' addresses'
}
search.addEventListener('input', look)
look()
`
