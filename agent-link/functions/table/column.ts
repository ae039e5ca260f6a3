/** How a column is described to a page (agent-api §12.3). What is left out has the default of its type. */
export interface Column {
  readonly id: string
  readonly name: string
  readonly type: 'none' | 'integer' | 'boolean' | 'string' | 'detail-string' | 'bar-with-integer' | 'duration' | 'timestamp' | 'array'
  readonly visualization?: 'value' | 'bar' | 'pill' | 'richValue' | 'rowOptions'
  readonly units?: string
  readonly transform?: 'none' | 'number' | 'duration' | 'datetime' | 'datetime_usec' | 'xml'
  readonly decimals?: number
  /** The least scale of a bar. */
  readonly max?: number
  readonly isKey?: boolean
  readonly isHidden?: boolean
  readonly isSticky?: boolean
  readonly isWide?: boolean
  readonly wraps?: boolean
  readonly sort?: 'ascending' | 'descending'
  readonly summary?: 'count' | 'uniqueCount' | 'sum' | 'min' | 'max' | 'mean' | 'median'
  readonly filter?: 'none' | 'range' | 'multiselect' | 'facet'
  readonly opensFilter?: boolean
}

/** Carries the severity of its row and is no column to look at. */
export const rowOptionsColumn: Column = { id: 'rowOptions', name: 'rowOptions', type: 'none', visualization: 'rowOptions', isHidden: true }

const isNumeric = ({ type }: Column) => type === 'integer' || type === 'bar-with-integer' || type === 'duration' || type === 'timestamp'

/** One column by the wire's names. */
export function columnDocument(column: Column, index: number, max: number | undefined) {
  const numeric = isNumeric(column)
  const isDummy = column.visualization === 'rowOptions'
  return {
    index,
    unique_key: column.isKey === true,
    name: column.name,
    visible: column.isHidden !== true,
    type: column.type,
    visualization: column.visualization ?? 'value',
    value_options: {
      ...(column.units === undefined ? {} : { units: column.units }),
      transform: column.transform ?? (numeric ? 'number' : 'none'),
      decimal_points: column.decimals ?? 0,
      default_value: null,
    },
    ...(max === undefined ? {} : { max }),
    sort: column.sort ?? (numeric ? 'descending' : 'ascending'),
    sortable: !isDummy,
    sticky: column.isSticky === true,
    summary: column.summary ?? 'count',
    filter: column.filter ?? (isDummy ? 'none' : numeric ? 'range' : 'multiselect'),
    full_width: column.isWide === true,
    wrap: column.wraps === true,
    default_expanded_filter: column.opensFilter === true,
    ...(isDummy ? { dummy: true } : {}),
  }
}
