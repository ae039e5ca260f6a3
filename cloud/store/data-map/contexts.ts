import { either, group, list, number, oneOf, optional, text, tuple } from './field.ts'
import { days, kind, packed } from './kind-facts.ts'
import { bySpace, personId, pseudonym, same, time } from './words.ts'

const withSpace = 'until the space is deleted'
const goesWithSpace = 'It goes with the space: its row is deleted.'
const chart = (purpose = 'draw the chart that its maker chose') => text(purpose)
const place = (purpose = 'draw the tile where its maker put it') => number(purpose)
const where = {
  id: text('tell a tile from another one'),
  x: place(),
  y: place(),
  w: place(),
  h: place(),
}

/** What is kept of metric contexts, and of the boards that show them. Never a value. */
export const contextKinds = {
  'node-contexts': kind({
    class: 'contexts',
    subject: 'node',
    mirrored: true,
    logged: true,
    holds: 'which contexts a node has, and since when',
    retention: 'until the node is removed or the space deleted',
    erasure: 'It goes with the node and with the space: its row is deleted.',
    data: group({
      contexts: number('say how many contexts a node has', same),
      versionHash: text('know whether the agent has something new to tell'),
      sheets: list(number('read the packed list')),
    }),
    blob: packed('list the charts of a node without asking its agent'),
    inBlob: list(
      tuple(
        ['sheet', text('find the definition of a context')],
        ['place', number('find the definition of a context')],
        ['version', text('know whether the agent has something new to tell')],
        ['firstEntryS', text('say since when there is data; seconds')],
        ['lastEntryS', text('say until when there is data; seconds')],
      ),
    ),
  }),
  'context-sheet': kind({
    class: 'contexts',
    subject: 'space',
    mirrored: true,
    logged: true,
    holds: 'definitions of contexts, shared by the nodes of a space',
    retention: withSpace,
    erasure: goesWithSpace,
    data: group({ definitions: number('say how many definitions there are', same) }),
    blob: packed('describe charts once for all nodes of a space'),
    inBlob: list(
      tuple(
        ['id', text('name the context')],
        ['title', text('say what a chart shows')],
        ['units', text('say what a chart counts in')],
        ['family', text('put charts into sections')],
        ['priority', number('put charts in order')],
        ['chartType', text('draw a chart as its agent does')],
      ),
    ),
  }),
  board: kind({
    class: 'contexts',
    subject: 'space',
    mirrored: true,
    logged: true,
    holds: 'name, texts, chosen charts and layout of a board, who made, changed or deleted it and when',
    retention: 'until it was deleted for 90 days, or as many as the space set, or until the space is deleted',
    retentionMs: days(90),
    erasure:
      'It goes with the space: its row is deleted, and the key that seals it is destroyed. Of a person who leaves, only a random id stays as the maker.',
    data: group({
      roomId: text('show the board in its room', pseudonym),
      name: text('call the board what its people call it', bySpace),
      tiles: number('say how large the board is', same),
      createdBy: personId('show who made it', pseudonym),
      createdAtMs: time('show when it was made', same),
      changedBy: personId('show who changed it last', pseudonym),
      changedAtMs: time('show when it was changed', same),
      deletedBy: optional(personId('show who deleted it while it can be restored', pseudonym)),
      deletedAtMs: optional(time('purge it when it can no longer be restored', same)),
    }),
    blob: packed('show the board as its people made it', 'space'),
    inBlob: group({
      format: number('let an older program know what it cannot read'),
      name: text('call the board what its people call it'),
      tiles: list(
        either(
          group({ ...where, kind: oneOf(['text'], 'tell texts from charts'), text: text('show what people wrote') }),
          group({
            ...where,
            kind: oneOf(['chart'], 'tell texts from charts'),
            contextId: chart(),
            title: optional(chart('show the title that its maker wrote')),
            nodes: either(oneOf(['room'], 'draw all nodes of the room'), list(text('draw these nodes', { names: 'node' }))),
            instances: optional(list(chart())),
            dimensions: optional(list(chart())),
            labels: optional(list(group({ key: chart(), value: chart() }))),
            groupBy: optional(list(chart())),
            aggregation: optional(oneOf(['average', 'sum', 'min', 'max'], 'draw the chart that its maker chose')),
            chartType: optional(oneOf(['line', 'area', 'stacked', 'heatmap'], 'draw the chart that its maker chose')),
          }),
        ),
      ),
    }),
  }),
}
