/** Reads lines of the form `Name: 123 kB` or `name 123` (meminfo, vmstat) into numbers by name, in the units of the file. */
export function parseNamedNumbers(text: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>()
  for (const line of text.split('\n')) {
    const match = /^([^\s:]+):?\s+(\d+)/.exec(line)
    if (match?.[1] !== undefined) numbers.set(match[1], Number(match[2]))
  }
  return numbers
}
