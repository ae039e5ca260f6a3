/** So far around a finding is looked: no id is longer, and looking stays short however long the text is. */
const around = 160
/** Ids of packages are no shorter; nor is what somebody writes without a space behind a number of theirs so long. */
const leastLength = 24
const uuid = /[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/g
const uuidLength = 36

/**
 * Whether what stands from `start` to `end` is a part of an id: of a UUID, or of a run of letters and digits in one case, as hashes of
 * images, builds and packages are. What is the whole of a run is no part.
 */
export function isWithinId(text: string, start: number, end: number): boolean {
  let from = start
  while (from > Math.max(0, start - around) && isAlphanumeric(text.charCodeAt(from - 1))) from -= 1
  let to = end
  while (to < Math.min(text.length, end + around) && isAlphanumeric(text.charCodeAt(to))) to += 1
  const isLonger = to - from > end - start && to - from >= leastLength
  if (isLonger && /^(?:(?=\d*[a-z])[a-z0-9]+|(?=\d*[A-Z])[A-Z0-9]+)$/.test(text.slice(from, to))) return true
  const near = Math.max(0, start - uuidLength)
  for (const { 0: id, index } of text.slice(near, end + uuidLength).matchAll(uuid))
    if (near + index <= start && end <= near + index + id.length) return true
  return false
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
}
