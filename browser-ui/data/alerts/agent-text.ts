/** A text of an agent; empty for what is none. */
export const agentText = (value: unknown): string => (typeof value === 'string' ? value : '')

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** A text in which an agent escaped signs for HTML (agent-api §9.1), as it was meant. It is shown as text and never as markup. */
export function plainText(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,4})|#(\d{1,5})|(amp|lt|gt|quot|apos));/giu,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name.toLowerCase()] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code >= 32 && code < 127 ? String.fromCharCode(code) : whole
    },
  )
}
