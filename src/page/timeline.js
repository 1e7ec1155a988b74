// The timeline: filtered by the form above it, opened where a link leads.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('filter'))
const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.entry')])
/** What is searched: made when somebody searches. @type {string[] | null} */
let texts = null

/** What the form asks for. @param {HTMLFormElement} of */
function wanted(of) {
  const given = new FormData(of)
  const value = (/** @type {string} */ name) => String(given.get(name) ?? '')
  const [member, what, text] = [value('member'), value('what'), value('text').trim().toLowerCase()]
  const severities = value('severity').split(' ').filter(Boolean)
  if (text !== '') texts ??= all.map((entry) => (entry.textContent ?? '').toLowerCase())
  return (/** @type {HTMLElement} */ { dataset }, /** @type {number} */ at) =>
    (member === '' || dataset.member === member || dataset.member === '') &&
    (what === '' || dataset.what === what) &&
    (severities.length === 0 || dataset.severity === undefined || severities.includes(dataset.severity)) &&
    (text === '' || texts?.[at]?.includes(text))
}

function filter() {
  if (form === null) return
  const takes = wanted(form)
  let shown = 0
  for (const [at, entry] of all.entries()) {
    const takesIt = takes(entry, at)
    entry.hidden = !takesIt
    if (takesIt) shown++
  }
  const output = form.elements.namedItem('shown')
  if (output instanceof HTMLOutputElement)
    output.value = shown === all.length ? `${shown} entries` : `${shown} of ${all.length} entries`
}

/** Shows the entry that the address names, whatever the filter hides. */
function arrive() {
  const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (entry === null || !entry.classList.contains('entry')) return
  if (entry.hidden) {
    form?.reset()
    filter()
  }
  entry.scrollIntoView({ block: 'start' })
}

form?.addEventListener('input', filter)
form?.addEventListener('submit', (event) => event.preventDefault())
// The form has its first values again only after this event.
form?.addEventListener('reset', () => setTimeout(filter))
addEventListener('hashchange', arrive)
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true
})
filter()
arrive()
