/**
 * Which letters of an address whoever invited wrote as capitals, as places joined by dots; undefined when there are none. Clients
 * that compare to the character (Terraform) read back what they wrote, while the address itself is kept once and in lower case (L4).
 */
export function capitalsOf(typed: string): string | undefined {
  const places = [...typed.matchAll(/[A-Z]/g)].map(({ index }) => index)
  return places.length === 0 ? undefined : places.join('.')
}

/** The address with these letters as capitals. One that they do not fit, since its person has moved to it, stays as it is. */
export function spelled(address: string, capitals: string | undefined): string {
  let text = address
  for (const place of capitals?.split('.').map(Number) ?? []) {
    const letter = address.charAt(place)
    if (!Number.isInteger(place) || !/^[a-z]$/.test(letter)) return address
    text = text.slice(0, place) + letter.toUpperCase() + text.slice(place + 1)
  }
  return text
}
