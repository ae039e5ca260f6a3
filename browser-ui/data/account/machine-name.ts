const kinds: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/u, 'Android'],
  [/\biPhone\b/u, 'iPhone'],
  [/\biPad\b/u, 'iPad'],
  [/\bWindows\b/u, 'Windows'],
  [/\bMacintosh\b/u, 'Mac'],
  [/\bCrOS\b/u, 'Chromebook'],
  [/\bLinux\b/u, 'Linux'],
]

/** A first name for a passkey of this machine, by its User-Agent; one that is not among those `taken`. */
export function thisMachine(userAgent: string, taken: readonly string[]): string {
  const kind = kinds.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'Passkey'
  for (let count = 1; ; count++) {
    const name = count === 1 ? kind : `${kind} ${count}`
    if (!taken.includes(name)) return name
  }
}
