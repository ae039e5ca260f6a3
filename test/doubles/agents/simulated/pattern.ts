/** An agent's simple pattern (agent-api §2.4): items between commas or bars, `*` for any characters, `!` negates, the first that matches decides. */
export function matcher(pattern: string): (text: string) => boolean {
  const items = pattern
    .split(/[,|]/)
    .filter((item) => item !== '')
    .map((item) => {
      const isNegative = item.startsWith('!')
      const source = (isNegative ? item.slice(1) : item).split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return { isNegative, expression: new RegExp(`^${source.join('.*')}$`, 'su') }
    })
  return (text) => {
    const first = items.find(({ expression }) => expression.test(text))
    return first !== undefined && !first.isNegative
  }
}
