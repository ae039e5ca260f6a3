import { useState } from 'react'
import type { Role } from '../../../src/domain/model.ts'
import { defaultChoices, type Choices, type FunctionInfo } from '../../data/functions/function-info.ts'
import type { FunctionEntry } from '../../data/functions/function-list.ts'
import { mayCall, whoMayCall } from '../../data/functions/function-rights.ts'
import type { NodeSummary } from '../../link/api.ts'
import { Skeleton } from '../../ui/look/parts.tsx'
import { functionIcons } from './function-icons.tsx'
import { LogView } from './logs/log-view.tsx'
import { ParametersForm } from './parameters-form.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { ProgressLine } from './refresh-controls.tsx'
import { TableView } from './table/table-view.tsx'
import { useFunctionInfo } from './use-function.ts'

/** One function of a node: what it is, its parameters, and its answer as a table or as logs. */
export function FunctionView({ node, entry, role }: { readonly node: NodeSummary; readonly entry: FunctionEntry; readonly role: Role }) {
  const [state, retry] = useFunctionInfo(node.nodeId, entry)
  return (
    <>
      <header className="fn-head">
        <h2>
          {entry.title} <span className="fn-head-node">on {node.hostname}</span>
        </h2>
        <p className="fn-help">{entry.help}</p>
        {mayCall(role, entry) ? null : (
          <p className="fn-lock-note">
            {functionIcons.lock} This may show persons, processes or traffic. {whoMayCall(entry)} You are {role}.
          </p>
        )}
      </header>
      {state.kind === 'loading' ? (
        <>
          <ProgressLine isOn />
          <Skeleton lines={9} label={`Asking for ${entry.title}`} />
        </>
      ) : state.kind === 'problem' ? (
        <ProblemNotice problem={state.problem} entry={entry} onRetry={retry} />
      ) : (
        <Answer node={node} entry={entry} info={state.info} />
      )}
    </>
  )
}

function Answer({ node, entry, info }: { readonly node: NodeSummary; readonly entry: FunctionEntry; readonly info: FunctionInfo }) {
  const [choices, setChoices] = useState<Choices>(() => defaultChoices(info))
  /** Functions that do not describe themselves say only with their answer that they have a history. */
  const [late, setLate] = useState<FunctionInfo>()
  const known = late ?? info
  const parameters = <ParametersForm info={known} choices={choices} onChange={setChoices} />
  return known.hasHistory ? (
    <LogView nodeId={node.nodeId} isNodeLive={node.state === 'live'} entry={entry} info={known} choices={choices} parameters={parameters} />
  ) : (
    <TableView
      nodeId={node.nodeId}
      isNodeLive={node.state === 'live'}
      hostname={node.hostname}
      entry={entry}
      info={known}
      choices={choices}
      parameters={parameters}
      onHistory={setLate}
    />
  )
}
