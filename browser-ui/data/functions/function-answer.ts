import { parseObject } from '../feed/agent-answer.ts'
import { readFunctionInfo, type FunctionInfo } from './function-info.ts'
import { problemOfError, problemOfStatus, type FunctionProblem } from './function-problem.ts'
import { readFunctionTable, type FunctionTable } from './function-table.ts'
import { objectOf } from '../json.ts'
import { numberOr } from './reading.ts'

/** An answer to a function. */
export type FunctionAnswer =
  /** Only what the function tells about itself. */
  | { readonly kind: 'info'; readonly info: FunctionInfo }
  | {
      readonly kind: 'table'
      readonly info: FunctionInfo
      readonly table: FunctionTable
      /** The whole answer, for what logs have besides. */
      readonly raw: Readonly<Record<string, unknown>>
    }
  /** Nothing new since the last answer. */
  | { readonly kind: 'unchanged' }
  /** Something this page has no view for; shown as text. */
  | { readonly kind: 'other'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: FunctionProblem }

/** Reads what came back from an agent. Never throws: what cannot be read is a problem with words. */
export function readFunctionAnswer({ text, httpStatus }: { readonly text: string; readonly httpStatus: number }): FunctionAnswer {
  if (httpStatus === 304) return { kind: 'unchanged' }
  let answer: Readonly<Record<string, unknown>>
  try {
    answer = parseObject(text)
  } catch (error) {
    const problem = problemOfStatus(httpStatus, undefined)
    if (problem !== undefined) return { kind: 'problem', problem: { ...problem, agentWords: text.slice(0, 300) } }
    return { kind: 'problem', problem: problemOfError(error) }
  }
  // Old agents answer 200 and put the function's own status inside.
  const inner = numberOr(answer['status'], httpStatus)
  if (inner === 304) return { kind: 'unchanged' }
  const problem = problemOfStatus(httpStatus, answer) ?? problemOfStatus(inner, answer)
  if (problem !== undefined) return { kind: 'problem', problem }
  const info = readFunctionInfo(answer)
  const isTable = (answer['type'] ?? 'table') === 'table' && 'columns' in answer && Array.isArray(answer['data'])
  if (isTable) return { kind: 'table', info, table: readFunctionTable(answer), raw: answer }
  const isInfo = answer['type'] === 'table' || 'accepted_params' in answer || 'required_params' in answer || 'v' in objectOf(answer)
  return isInfo ? { kind: 'info', info } : { kind: 'other', text: text.slice(0, 200_000) }
}
