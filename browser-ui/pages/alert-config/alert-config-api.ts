import { queryOptions } from '@tanstack/react-query'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import type {
  ConfigRun,
  ConfigurableNode,
  DefinitionDetails,
  DefinitionRow,
  DocumentDetails,
  DocumentRow,
  RunAction,
} from '../../data/alert-config/config-answers.ts'
import type { CloudRequest } from '../../link/cloud-request.ts'

const at = (...parts: readonly string[]) => parts.map((part) => `/${encodeURIComponent(part)}`).join('')
const inRoom = (roomId: string | undefined) => (roomId === undefined ? '' : `?roomId=${encodeURIComponent(roomId)}`)

/** What pages of alert configuration ask the cloud to change. */
export const alertConfigApi = {
  create: async (request: CloudRequest, document: AlertDocument, note: string) =>
    (await request.post('/alert-documents', { document, ...noted(note) })) as { documentId: string },
  /** Rejects with CONFLICT when somebody else saved since `version`. */
  save: (request: CloudRequest, documentId: string, document: AlertDocument, version: number, note: string) =>
    request.put(at('alert-documents', documentId), { document, version, ...noted(note) }),
  remove: (request: CloudRequest, documentId: string) => request.delete(at('alert-documents', documentId)),
  /** Starts to apply, restore or check on these nodes; the answer names the run. */
  start: async (request: CloudRequest, documentId: string, action: RunAction, nodeIds: readonly string[]) =>
    (await request.post(`${at('alert-documents', documentId)}/${action}`, { nodeIds })) as { runId: string },
}

const noted = (note: string) => (note.trim() === '' ? {} : { note: note.trim() })

export const definitionsQuery = (request: CloudRequest, roomId: string | undefined) =>
  queryOptions({
    queryKey: ['alert-definitions', 'list', roomId],
    queryFn: async () => ((await request.get(`/alert-definitions${inRoom(roomId)}`)) as { definitions: DefinitionRow[] }).definitions,
    refetchInterval: 30_000,
  })

/** Null: it runs on none of the nodes somebody sees. */
export const definitionQuery = (request: CloudRequest, name: string) =>
  queryOptions({
    queryKey: ['alert-definitions', 'one', name],
    queryFn: async (): Promise<DefinitionDetails | null> => {
      try {
        return (await request.get(at('alert-definitions', name))) as DefinitionDetails
      } catch (thrown) {
        if (thrown instanceof ThroughlineError && thrown.code === 'NOT_FOUND') return null
        throw thrown
      }
    },
    refetchInterval: 30_000,
  })

export const documentsQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['alert-documents', 'list'],
    queryFn: async () => ((await request.get('/alert-documents')) as { documents: DocumentRow[] }).documents,
    refetchInterval: 15_000,
  })

export const documentQuery = (request: CloudRequest, documentId: string) =>
  queryOptions({
    queryKey: ['alert-documents', 'one', documentId],
    queryFn: async () => (await request.get(at('alert-documents', documentId))) as DocumentDetails,
    refetchInterval: 15_000,
  })

/** A version that is kept never changes. */
export const versionQuery = (request: CloudRequest, documentId: string, version: number) =>
  queryOptions({
    queryKey: ['alert-documents', 'one', documentId, 'version', version],
    queryFn: async () =>
      ((await request.get(at('alert-documents', documentId, 'versions', String(version)))) as { document: AlertDocument }).document,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Every node of the room, and whether its alerts can be changed from here. */
export const configurableNodesQuery = (request: CloudRequest, roomId: string | undefined) =>
  queryOptions({
    queryKey: ['alert-config-nodes', roomId],
    queryFn: async () => ((await request.get(`/alert-config/nodes${inRoom(roomId)}`)) as { nodes: ConfigurableNode[] }).nodes,
    refetchInterval: 15_000,
  })

export const runQuery = (request: CloudRequest, runId: string) =>
  queryOptions({
    queryKey: ['alert-config-runs', runId],
    queryFn: async () => (await request.get(at('alert-documents', 'runs', runId))) as ConfigRun,
    refetchInterval: ({ state }) => (state.data?.isDone === true ? false : 700),
  })
