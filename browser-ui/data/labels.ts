/** What agents say of nodes and instances beside their names. */
export type Labels = Readonly<Record<string, string>>

/** The value of a label. Keys are agents' text, so what every object inherits, such as `constructor`, is none. */
export function labelOf(labels: Labels | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
}
