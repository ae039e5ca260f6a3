import { isList, isObject, mapEntries, mapTexts, type Json, type JsonObject } from './json.ts'
import type { Masker } from './masker.ts'
import type { MaskedField } from './rules.ts'

/** What a column of a function holds, by its id and by the names agents give such columns; others are texts. */
const fieldsOfColumns: Readonly<Record<string, MaskedField>> = {
  cmdline: 'command-line',
  commandline: 'command-line',
  command_line: 'command-line',
  _cmdline: 'command-line',
  cmd: 'process',
  command: 'process',
  process: 'process',
  name: 'process',
  _comm: 'process',
  _exe: 'path',
  syslog_identifier: 'process',
  user: 'user',
  username: 'user',
  group: 'user',
  _uid: 'user',
  _gid: 'user',
  localip: 'address',
  localaddress: 'address',
  remoteip: 'address',
  remoteaddress: 'address',
  clientip: 'address',
  serverip: 'address',
  src_ip: 'address',
  dst_ip: 'address',
  mountpoint: 'path',
  mount: 'path',
  path: 'path',
  options: 'path',
  unit: 'unit',
  unitname: 'unit',
  _systemd_unit: 'unit',
  description: 'unit',
  message: 'log-message',
  msg: 'log-message',
  _hostname: 'hostname',
  host: 'hostname',
  hostname: 'hostname',
  query: 'command-line',
  statement: 'command-line',
}

/** Columns that name a thing which has charts too, in the functions where they do. */
const thingColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'block-devices': { device: 'disk.' },
  'mount-points': { device: 'disk.' },
  'network-interfaces': { interface: 'net.' },
}

/** One cell of a column. `isKey`: it tells rows apart. */
type Mask = (text: string, isKey: boolean) => string

function maskOf(masker: Masker, functionName: string, column: string): Mask {
  const id = column.toLowerCase()
  const type = thingColumns[functionName]?.[id]
  if (type !== undefined) return (text) => masker.chart(`${type}${text}`).slice(type.length)
  const field = Object.hasOwn(fieldsOfColumns, id) ? fieldsOfColumns[id] : undefined
  if (field === undefined) return (text) => masker.text(text)
  // What stands for "nobody", "not known" and numbers that are no name.
  return (text, isKey) => (text === '' || text === '-' || text === '*' ? text : masker.field(field, text, isKey))
}

/** An answer of `/api/v1/function` (agent-api §12.3): cells by their columns; in logs the values that were counted, and their chart. */
export function maskTable(masker: Masker, functionName: string, document: Json): Json {
  if (!isObject(document)) return document
  const columns = isObject(document['columns']) ? document['columns'] : {}
  const masks: (readonly [mask: Mask, isKey: boolean])[] = []
  for (const [id, column] of Object.entries(columns)) {
    const index = isObject(column) ? column['index'] : undefined
    if (typeof index === 'number' && index >= 0 && index < 4096) {
      masks[index] = [maskOf(masker, functionName, id), isObject(column) && column['unique_key'] === true]
    }
  }
  return mapEntries(document, (key, value) => {
    if (key === 'data' && isList(value)) return [key, value.map((row) => maskRow(masker, masks, row))]
    if (key === 'columns' || key === 'type' || key === 'status') return [key, value]
    if (key === 'facets' && isList(value)) return [key, value.map((facet) => maskFacet(masker, functionName, facet))]
    if (key === 'histogram' && isObject(value)) return [key, maskHistogram(masker, functionName, value)]
    return [key, mapTexts(value, masker.text)]
  })
}

function maskRow(masker: Masker, masks: readonly (readonly [mask: Mask, isKey: boolean] | undefined)[], row: Json): Json {
  if (!isList(row)) return mapTexts(row, masker.text)
  return row.map((cell, index) => {
    const [mask, isKey] = masks[index] ?? [(text: string) => masker.text(text), false]
    return mapTexts(cell, (text) => mask(text, isKey))
  })
}

function maskFacet(masker: Masker, functionName: string, facet: Json): Json {
  if (!isObject(facet)) return facet
  const mask = maskOf(masker, functionName, typeof facet['id'] === 'string' ? facet['id'] : '')
  return mapEntries(facet, (key, value) => {
    if (key !== 'options' || !isList(value)) return [key, value]
    const options = value.map((option) =>
      isObject(option) ? mapEntries(option, (name, text) => [name, typeof text === 'string' ? mask(text, true) : text]) : option,
    )
    return [key, options]
  })
}

function maskHistogram(masker: Masker, functionName: string, histogram: JsonObject): JsonObject {
  const mask = maskOf(masker, functionName, typeof histogram['id'] === 'string' ? histogram['id'] : '')
  const names = (value: Json): Json => mapTexts(value, (text) => (text === 'time' ? text : mask(text, true)))
  const within = (value: Json): Json => {
    if (!isObject(value)) return value
    return mapEntries(value, (key, each) => {
      if (key === 'labels' || key === 'ids' || key === 'names') return [key, names(each)]
      return [key, within(each)]
    })
  }
  return mapEntries(histogram, (key, value) => [key, within(value)])
}
