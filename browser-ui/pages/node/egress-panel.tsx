import { useQuery } from '@tanstack/react-query'
import { Failure, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { useTimeFormat } from '../../ui/hooks.ts'

/** What the agent of a node may send, as its owner confirmed it; null for an agent that never said. */
interface NodeEgress {
  readonly manifest: {
    readonly hash: string
    readonly fields: Readonly<Record<string, readonly string[]>>
    readonly confirmedAtMs: number
    readonly pending: readonly string[]
  } | null
  readonly refused: readonly { readonly field: string; readonly count: number }[]
}

/** What this agent may send, what waits for its owner, and what was refused. */
export function EgressPanel({ nodeId }: { readonly nodeId: string }) {
  const { request } = useServices()
  const format = useTimeFormat()
  const egress = useQuery({
    queryKey: ['egress', nodeId],
    queryFn: async () => (await request.get(`/nodes/${encodeURIComponent(nodeId)}/egress`)) as NodeEgress,
  })
  const { data } = egress
  return (
    <>
      <h3>What this agent may send</h3>
      {egress.isError && data === undefined ? (
        <Failure title="This cannot be read" error={egress.error} onRetry={() => void egress.refetch()} />
      ) : data === undefined ? (
        <Skeleton lines={2} label="Loading what this agent may send" />
      ) : data.manifest === null ? (
        <p>This agent did not say what its owner allows. What it sends is described in the documentation of its maker.</p>
      ) : (
        <>
          <p>
            Its owner confirmed this list on {format.day(data.manifest.confirmedAtMs / 1000, Date.now() / 1000)}. Anything else is refused.
            List {data.manifest.hash.slice(0, 16)}.
          </p>
          <Fields title="Waits for the owner's word" fields={data.manifest.pending} />
          <Fields title="Refused since the cloud started" fields={data.refused.map(({ field, count }) => `${field}, ${count} times`)} />
          <div className="egress-list">
            {Object.entries(data.manifest.fields).map(([message, fields]) => (
              <details key={message}>
                <summary>
                  {message} <span className="egress-count">{fields.length}</span>
                </summary>
                <p>{fields.join(', ')}</p>
              </details>
            ))}
          </div>
        </>
      )}
    </>
  )
}

function Fields({ title, fields }: { readonly title: string; readonly fields: readonly string[] }) {
  if (fields.length === 0) return null
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {fields.map((field) => (
          <li key={field}>{field}</li>
        ))}
      </ul>
    </>
  )
}
