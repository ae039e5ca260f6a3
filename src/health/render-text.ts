/** What the words of a rule can stand for. */
export interface TextFacts {
  readonly family: string
  readonly labels: Readonly<Record<string, string>>
}

/** A summary or description with `${label:KEY}` and `${family}` filled in (agent-api §11.5); what is not known stays as it is written. */
export function renderText(text: string, { family, labels }: TextFacts): string {
  return text.replace(/\$\{(family|label:([^{}]+))\}/g, (whole, _name: string, key: string | undefined) => {
    if (key === undefined) return family
    return Object.hasOwn(labels, key) ? (labels[key] ?? whole) : whole
  })
}
