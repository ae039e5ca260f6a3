/** The id of a cell's element; the head has no row key. */
export function cellId(gridId: string, key: string | undefined, columnId: string): string {
  return `${gridId}/${key === undefined ? 'head' : `row ${key}`}/${columnId}`.replaceAll(/[\s"\\\p{Cc}]/gu, '_')
}
