/** The place of objection and written requests (D7); whoever builds them fills it. */
export function RequestsSlot() {
  return null
}
