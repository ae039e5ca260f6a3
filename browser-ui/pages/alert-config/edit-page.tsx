import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from 'wouter'
import type { DefinitionVariant } from '../../data/alert-config/config-answers.ts'
import { definitionPath } from '../../data/alert-config/definition-list.ts'
import { runningDocument } from '../../data/alert-config/running-document.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { definitionQuery, documentQuery, documentsQuery } from './alert-config-api.ts'
import { EditAlert } from './edit-alert.tsx'

/** Changes a definition: what is kept of it, or the form in which an agent runs it. */
export function EditAlertPage({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) {
  const name = params['name'] ?? ''
  useTitle(`Edit ${name}`)
  const { request } = useServices()
  const hash = new URLSearchParams(useSearch()).get('hash')
  const documents = useQuery({ ...documentsQuery(request), refetchInterval: false })
  const row = documents.data?.find((candidate) => candidate.name === name)
  // An editor that is open keeps what it began with: newer versions are a matter of saving.
  const kept = useQuery({
    ...documentQuery(request, row?.documentId ?? ''),
    enabled: row !== undefined,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  })
  const running = useQuery({
    ...definitionQuery(request, name),
    enabled: documents.data !== undefined && row === undefined,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  })
  if (row !== undefined && kept.data !== undefined) {
    return (
      <EditAlert
        place={`edit/${name}`}
        title={`Edit ${name}`}
        initial={kept.data.document}
        kept={kept.data}
        nodeId={kept.data.nodes[0]?.nodeId}
      />
    )
  }
  if (documents.data !== undefined && row === undefined && running.data !== undefined) {
    if (running.data === null) return <NoDocument name={name} />
    const variants = running.data.variants.toSorted((a, b) => b.nodes.length - a.nodes.length)
    const variant =
      variants.find((each) => each.hash === hash) ??
      variants.find(({ document, nodes }) => document !== null || nodes.some(({ canConfigure }) => canConfigure))
    if (variant === undefined) return <NoDocument name={name} />
    return <EditVariant key={variant.hash} name={name} variant={variant} count={variants.length} />
  }
  const failed = [documents, kept, running].find((query) => query.isError)
  if (failed === undefined) return <Skeleton lines={10} label={`Loading ${name}`} />
  return <Failure title="The definition cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
}

/** Begins with what an agent runs: all its rules, from the agent itself where it can be asked, otherwise the rule it told the cloud. */
function EditVariant({ name, variant, count }: { readonly name: string; readonly variant: DefinitionVariant; readonly count: number }) {
  const { live } = useServices()
  const able = variant.nodes.find(({ canConfigure }) => canConfigure)
  const askedId = able === undefined ? undefined : (able.viaNodeId ?? able.nodeId)
  const whole = useQuery({
    queryKey: ['running-document', askedId, name, variant.hash],
    queryFn: async ({ signal }) => (await runningDocument(live, askedId ?? '', name, signal)) ?? null,
    enabled: askedId !== undefined,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  })
  if (askedId !== undefined && whole.isPending) return <Skeleton lines={10} label={`Asking ${able?.hostname ?? 'the agent'} for ${name}`} />
  const initial = whole.data ?? variant.document
  if (initial === null) return <NoDocument name={name} />
  const notes = whole.data ? [`This begins with what ${able?.hostname ?? 'the agent'} runs now.`] : notesOf(variant, count)
  return (
    <EditAlert
      place={`edit/${name}`}
      title={`Edit ${name}`}
      initial={initial}
      kept={undefined}
      nodeId={(able ?? variant.nodes[0])?.nodeId}
      notes={notes}
    />
  )
}

function notesOf(variant: DefinitionVariant, count: number): readonly string[] {
  const agents = variant.nodes.length === 1 ? 'one agent' : `${variant.nodes.length} agents`
  return [
    `This begins with the form that ${agents} run${variant.nodes.length === 1 ? 's' : ''}${
      count > 1 ? `, of ${count} there are` : ''
    }. An agent tells one rule of a name at a time: look through it before you save.`,
    ...(variant.unsure.length === 0
      ? []
      : [`The agents did not tell this, so it is a guess: ${variant.unsure.join(', ').replaceAll('_', ' ')}.`]),
  ]
}

function NoDocument({ name }: { readonly name: string }) {
  return (
    <Notice
      icon={icons.search}
      title={`${name} cannot be edited here`}
      isPage
      action={
        <Link href={definitionPath(name)} className="button">
          Back to the definition
        </Link>
      }
    >
      <p>Nothing is kept of it, and what the agents said of it makes no document.</p>
    </Notice>
  )
}
