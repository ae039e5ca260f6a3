import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ConfigRun, RunAction } from '../../data/alert-config/config-answers.ts'
import { useServices } from '../../ui/services.ts'
import { alertConfigApi, runQuery } from './alert-config-api.ts'

export interface Runs {
  /** What was started last; its results as they come in. */
  readonly run: ConfigRun | undefined
  readonly action: RunAction | undefined
  /** Something is still on its way. */
  readonly isBusy: boolean
  readonly error: Error | null
  readonly start: (action: RunAction, nodeIds: readonly string[]) => void
  readonly dismiss: () => void
}

/** Runs of one document over nodes: starts one at a time and follows it until it is done. */
export function useRuns(documentId: string): Runs {
  const { request } = useServices()
  const client = useQueryClient()
  const [current, setCurrent] = useState<{ readonly runId: string; readonly action: RunAction }>()
  const starting = useMutation({
    mutationFn: ({ action, nodeIds }: { readonly action: RunAction; readonly nodeIds: readonly string[] }) =>
      alertConfigApi.start(request, documentId, action, nodeIds),
    onSuccess: ({ runId }, { action }) => setCurrent({ runId, action }),
  })
  const following = useQuery({ ...runQuery(request, current?.runId ?? ''), enabled: current !== undefined })
  const run = current === undefined ? undefined : following.data
  const isDone = run?.isDone === true
  useEffect(() => {
    if (!isDone) return
    void client.invalidateQueries({ queryKey: ['alert-documents'] })
    void client.invalidateQueries({ queryKey: ['alert-definitions'] })
  }, [isDone, client])
  return {
    run,
    action: starting.isPending ? starting.variables.action : current?.action,
    isBusy: starting.isPending || (current !== undefined && !isDone && !following.isError),
    error: starting.error ?? (current === undefined ? null : following.error),
    start(action, nodeIds) {
      if (nodeIds.length > 0) starting.mutate({ action, nodeIds })
    },
    dismiss() {
      starting.reset()
      setCurrent(undefined)
    },
  }
}
