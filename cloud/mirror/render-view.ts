/** How one sink writes what two dialects say differently. */
export interface ViewWords {
  /** The address of a table. */
  readonly table: (name: string) => string
  /** The rest of a FROM that makes a row of each text in a column of texts, under a name. */
  readonly each: (column: string, name: string) => string
}

/** The statement of a view for one sink: `{nodes}` is the address of a table, `{each contexts as context}` joins the texts of a column. */
export function renderView(statement: string, { table, each }: ViewWords): string {
  return statement
    .replace(/\{each (\w+) as (\w+)\}/g, (_all, column: string, name: string) => each(column, name))
    .replace(/\{(\w+)\}/g, (_all, name: string) => table(name))
}
