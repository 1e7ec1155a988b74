// Lanes and alerts: zoomed by dragging over them, with one axis, and a hair that shows the time under the pointer.

import { clock, onSpan, shownSpan, showSpan, ticks, whole } from './span.js'

/** @typedef {import('./span.js').Span} Span */

const SVG = 'http://www.w3.org/2000/svg'

/** @param {string} name @param {Record<string, string>} attributes */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

onSpan.push(({ from, to }) => {
  const scale = (whole.to - whole.from) / (to - from)
  for (const stage of document.querySelectorAll('.stage')) {
    stage.setAttribute('x', `${(-100 * (from - whole.from)) / (to - from)}%`)
    stage.setAttribute('width', `${100 * scale}%`)
  }
  for (const button of document.querySelectorAll('.zoomed'))
    if (button instanceof HTMLElement) button.hidden = scale <= 1.001
})

/** Words that a segment has no room for are no words. */
const SHORTEST = 48
const INDENT = 6

/** @param {Element | null} of @param {string} name */
const share = (of, name) => Number.parseFloat(of?.getAttribute(name) ?? '0') / 100

// The words of a state stand where its part that is seen begins.
onSpan.push(({ from, to }) => {
  const scale = (whole.to - whole.from) / (to - from)
  const away = (from - whole.from) / (whole.to - whole.from)
  for (const words of document.querySelectorAll('.state')) {
    const width = scale * (words.closest('.track')?.clientWidth ?? 0)
    const hidden = Math.max(0, (away - share(words.parentElement, 'x')) * width)
    words.setAttribute('x', String(INDENT + hidden))
    words.toggleAttribute('hidden', share(words.parentElement, 'width') * width - hidden < SHORTEST)
  }
})

onSpan.push((span) => {
  for (const axis of document.querySelectorAll('.axis .track')) drawAxis(axis, span)
})

/** @param {Element} axis @param {Span} span */
function drawAxis(axis, span) {
  const width = axis.clientWidth
  const shapes = ticks(span, width).flatMap(({ at, text }) => {
    const x = ((at - span.from) / (span.to - span.from)) * width
    const anchor = x < 24 ? 'start' : x > width - 24 ? 'end' : 'middle'
    const label = shape('text', { x: String(x), y: '11', 'text-anchor': anchor })
    label.textContent = text
    return [label, shape('line', { x1: String(x), x2: String(x), y1: '14', y2: '18' })]
  })
  axis.replaceChildren(...shapes)
}

/** The left edge and the width of what is drawn, within its frame. @param {HTMLElement} drawing */
function stageOf(drawing) {
  const track = drawing.querySelector('.track')?.getBoundingClientRect()
  const { left } = drawing.getBoundingClientRect()
  return { left: (track?.left ?? left) - left - drawing.clientLeft, width: track?.width ?? 1 }
}

/** @param {HTMLElement} drawing @param {PointerEvent} event */
function timeUnder(drawing, event) {
  const { left, width } = stageOf(drawing)
  const part = (event.clientX - drawing.getBoundingClientRect().left - left) / width
  return shownSpan.from + Math.min(1, Math.max(0, part)) * (shownSpan.to - shownSpan.from)
}

/** @param {HTMLElement} element @param {HTMLElement} drawing @param {number} from @param {number} to */
function lay(element, drawing, from, to) {
  const { left, width } = stageOf(drawing)
  const x = (/** @type {number} */ time) => left + ((time - shownSpan.from) / (shownSpan.to - shownSpan.from)) * width
  element.style.left = `${x(from)}px`
  if (to > from) element.style.width = `${x(to) - x(from)}px`
}

/** A layer over a drawing, hidden at first. @param {HTMLElement} drawing @param {string} name */
function layer(drawing, name) {
  const made = document.createElement('div')
  made.className = name
  made.hidden = true
  drawing.append(made)
  return made
}

/** Shows the time under the pointer. @param {HTMLElement} drawing */
function follow(drawing) {
  const hair = layer(drawing, 'hair')
  const time = document.createElement('span')
  hair.append(time)
  drawing.addEventListener('pointermove', (event) => {
    const at = timeUnder(drawing, event)
    hair.hidden = false
    time.textContent = clock(at)
    lay(hair, drawing, at, at)
  })
  drawing.addEventListener('pointerleave', () => {
    hair.hidden = true
  })
}

/** A smaller part of the width than this is a click. */
const LEAST = 0.01

/** Dragging shows the part of the time that was dragged over; a double click the whole. @param {HTMLElement} drawing */
function zoom(drawing) {
  const picked = layer(drawing, 'picked')
  /** @type {number | null} */
  let begun = null
  let dragged = false

  drawing.addEventListener('pointerdown', (event) => {
    if (event.button === 0 && event.pointerType !== 'touch') begun = timeUnder(drawing, event)
    dragged = false
  })
  drawing.addEventListener('pointermove', (event) => {
    if (begun === null) return
    const at = timeUnder(drawing, event)
    dragged ||= Math.abs(at - begun) / (shownSpan.to - shownSpan.from) > LEAST
    picked.hidden = !dragged
    lay(picked, drawing, Math.min(begun, at), Math.max(begun, at))
  })
  drawing.addEventListener('pointerup', (event) => {
    const at = timeUnder(drawing, event)
    if (begun !== null && dragged) showSpan({ from: Math.min(begun, at), to: Math.max(begun, at) })
    begun = null
    picked.hidden = true
  })
  drawing.addEventListener('pointerleave', () => {
    begun = null
    picked.hidden = true
  })
  drawing.addEventListener('dragstart', (event) => event.preventDefault())
  // A drag that began or ended on a bar is no click on it.
  drawing.addEventListener('click', (event) => dragged && event.preventDefault(), true)
  drawing.addEventListener('dblclick', () => showSpan(whole))
}

/** The way back to the whole time, beside the name of the cluster. @param {HTMLElement} drawing */
function wayBack(drawing) {
  const back = document.createElement('button')
  back.className = 'zoomed'
  back.textContent = 'whole time'
  back.hidden = true
  back.addEventListener('click', () => showSpan(whole))
  drawing.previousElementSibling?.append(back)
}

for (const drawing of document.querySelectorAll('.drawing')) {
  if (!(drawing instanceof HTMLElement)) continue
  follow(drawing)
  zoom(drawing)
  wayBack(drawing)
}
