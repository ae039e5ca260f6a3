import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from 'wouter'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { DefinitionVariant } from '../../data/alert-config/config-answers.ts'
import { definitionPath } from '../../data/alert-config/definition-list.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { definitionQuery, documentQuery, documentsQuery } from './alert-config-api.ts'
import { AlertEditor } from './alert-editor.tsx'

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
    retry: 1,
  })
  if (row !== undefined && kept.data !== undefined) {
    return <AlertEditor title={`Edit ${name}`} initial={kept.data.document} kept={kept.data} nodeId={kept.data.nodes[0]?.nodeId} />
  }
  if (documents.data !== undefined && row === undefined && running.data !== undefined) {
    const variants = running.data.variants.toSorted((a, b) => b.nodes.length - a.nodes.length)
    const variant = variants.find((each) => each.hash === hash) ?? variants.find(({ document }) => document !== null)
    if (variant?.document) {
      const node = variant.nodes.find(({ canConfigure }) => canConfigure) ?? variant.nodes[0]
      return (
        <AlertEditor
          title={`Edit ${name}`}
          initial={variant.document}
          kept={undefined}
          nodeId={node?.nodeId}
          notes={notesOf(variant, variants.length)}
        />
      )
    }
    return <NoDocument name={name} />
  }
  const failed = [documents, kept, running].find((query) => query.isError)
  if (failed === undefined) return <Skeleton lines={10} label={`Loading ${name}`} />
  if (failed.error instanceof ThroughlineError && failed.error.code === 'NOT_FOUND') return <NoDocument name={name} />
  return <Failure title="The definition cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
}

function notesOf(variant: DefinitionVariant, count: number): readonly string[] {
  const agents = variant.nodes.length === 1 ? 'one agent' : `${variant.nodes.length} agents`
  return [
    `This begins with the form that ${agents} run${variant.nodes.length === 1 ? 's' : ''}${
      count > 1 ? `, of ${count} there are` : ''
    }. An agent tells one rule of a name at a time: look through it before you save.`,
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
