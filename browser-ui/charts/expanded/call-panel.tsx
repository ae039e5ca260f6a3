import { curlOf } from '../../data/charts/call-words.ts'
import type { AskedCall, FeedNode } from '../../data/metrics/metrics-feed.ts'
import { CopyButton } from '../../ui/look/parts.tsx'
import { useSpace } from '../../ui/spaces/space.ts'

/** Calls shown before the rest is only counted. */
const shownMax = 20

/** What the agents are asked for this chart, each as a call and as a command that repeats it through this cloud. */
export function CallPanel({ calls, nodes }: { readonly calls: readonly AskedCall[]; readonly nodes: readonly FeedNode[] }) {
  const { spaceId } = useSpace()
  if (calls.length === 0) return <p className="expanded-note">Nothing is asked for this chart yet.</p>
  const nameOf = (nodeId: string) => nodes.find((node) => node.nodeId === nodeId)?.hostname ?? nodeId
  return (
    <>
      <p className="expanded-note">
        The question behind this chart, as this page sent it to {calls.length === 1 ? 'the agent' : `${calls.length} agents`}. The command
        asks the same through this cloud; put an API token into <code>TOKEN</code> first. If the cloud has a certificate of its own
        authority, add <code>--cacert</code> with its file.
      </p>
      <ol className="call-list">
        {calls.slice(0, shownMax).map((call) => (
          <li key={`${call.nodeId} ${call.target}`} className="call">
            <h4>{nameOf(call.nodeId)}</h4>
            <Text label="Call to the agent" text={call.target} copy="Copy the call" />
            <Text label="Command" text={curlOf(window.location.origin, spaceId, call)} copy="Copy as curl" />
          </li>
        ))}
      </ol>
      {calls.length > shownMax ? <p className="expanded-note">{calls.length - shownMax} more, one for each agent.</p> : null}
    </>
  )
}

function Text({ label, text, copy }: { readonly label: string; readonly text: string; readonly copy: string }) {
  return (
    <div className="command" role="group" aria-label={label}>
      <pre>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={copy} />
    </div>
  )
}
