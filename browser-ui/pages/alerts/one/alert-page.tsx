import '../alerts.css'
import './alert-page.css'
import { useMemo } from 'react'
import { Link, useSearch } from 'wouter'
import { readAlertPage, type AlertId } from '../../../data/alerts/alert-address.ts'
import { useHoldOpen } from '../../../ui/overlays/hold-open.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { AlertDefinition } from './alert-definition.tsx'
import { AlertHead } from './alert-head.tsx'
import { AlertMoment } from './alert-moment.tsx'
import { mergedAlert } from './merged-alert.ts'
import { useAlertNode, useAlertNow, useKnownAlert } from './use-alert.ts'

/** One alert of one node: how it stands, how it is defined, what became of it, and its chart around the moment. */
export function AlertPage() {
  const search = useSearch()
  const alert = readAlertPage(search)
  // The span of time stands in the same query and changes without another alert.
  const key = alert === undefined ? '' : JSON.stringify(alert)
  const same = useMemo(() => (key === '' ? undefined : (JSON.parse(key) as AlertId)), [key])
  return same === undefined ? <NoSuchAlert /> : <OneAlert key={key} alert={same} />
}

function OneAlert({ alert }: { readonly alert: AlertId }) {
  const known = useKnownAlert(alert)
  const node = useAlertNode(alert.nodeId)
  const isAskable = node.data !== undefined && node.data !== null && node.data.agent !== null && node.data.state === 'live'
  const told = useAlertNow(alert, isAskable)
  useTitle(alert.name)
  useHoldOpen()
  if (node.data === undefined || known.data === undefined) {
    const failed = node.isError ? node : known.isError ? known : undefined
    return failed === undefined ? (
      <Skeleton lines={8} label="Loading the alert" />
    ) : (
      <Failure title="This alert cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
    )
  }
  if (node.data === null) return <NoSuchAlert />
  // The cloud may not have heard of a clear alert of an older agent; the agent itself has the last word.
  if (known.data === null && (told.data === null || !isAskable)) return <NoSuchAlert hostname={node.data.hostname} />
  if (known.data === null && told.data === undefined && !told.isError) return <Skeleton lines={8} label="Asking the agent" />
  const merged = mergedAlert(alert, known.data, told.data ?? undefined, node.data)
  return (
    <div className="alert-page">
      <AlertHead alert={merged} node={node.data} liveError={told.error ?? undefined} />
      <div className="alert-page-body">
        <AlertMoment key={String(merged.whenS > 0)} alert={merged} node={node.data} isAskable={isAskable} />
        <AlertDefinition alert={merged} />
      </div>
    </div>
  )
}

function NoSuchAlert({ hostname }: { readonly hostname?: string }) {
  useTitle('No such alert')
  return (
    <Notice
      icon={icons.bell}
      title="There is no such alert"
      isPage
      action={
        <Link href="/alerts" className="button">
          Go to what is raised
        </Link>
      }
    >
      <p>
        {hostname === undefined
          ? 'Its node may have been removed, or the link is cut short.'
          : `${hostname} runs no alert of this name on this chart. It may have been changed or taken away.`}
      </p>
    </Notice>
  )
}
