import '../nodes/nodes.css'
import './alert-config.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { DefinitionDetails, DocumentRow } from '../../data/alert-config/config-answers.ts'
import { definitionPath } from '../../data/alert-config/definition-list.ts'
import { useTitle } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { WhoMayChange } from '../../ui/account/who-may-change.tsx'
import { definitionQuery, documentsQuery } from './alert-config-api.ts'
import { KeptDocument } from './kept-document.tsx'
import { useMayChangeAlerts } from './use-may-change.ts'
import { VariantCard } from './variant-card.tsx'

/** One definition: what of it runs where, what is kept of it here, and how both agree. */
export function DefinitionPage({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) {
  const name = params['name'] ?? ''
  useTitle(name)
  const { request } = useServices()
  const running = useQuery(definitionQuery(request, name))
  const documents = useQuery(documentsQuery(request))
  if (documents.data === undefined || running.data === undefined) {
    const failed = documents.isError ? documents : running.isError ? running : undefined
    return failed === undefined ? (
      <Skeleton lines={8} label={`Loading ${name}`} />
    ) : (
      <Failure title="The definition cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
    )
  }
  const kept = documents.data.find((row) => row.name === name)
  if (running.data === null && kept === undefined) {
    return (
      <Notice
        icon={icons.search}
        title={`No definition is called ${name}`}
        isPage
        action={
          <Link href="/alerts/definitions" className="button">
            All definitions
          </Link>
        }
      >
        <p>It runs on none of the nodes you see, and nothing is kept of it here.</p>
      </Notice>
    )
  }
  return <Definition name={name} running={running.data ?? undefined} kept={kept} />
}

function Definition({
  name,
  running,
  kept,
}: {
  readonly name: string
  readonly running: DefinitionDetails | undefined
  readonly kept: DocumentRow | undefined
}) {
  const mayChange = useMayChangeAlerts()
  const variants = running?.variants ?? []
  const nodes = variants.flatMap((variant) => variant.nodes)
  const readOnly = nodes.filter(({ canConfigure }) => !canConfigure).length
  const [widest] = variants.toSorted((a, b) => b.nodes.length - a.nodes.length)
  return (
    <div className="definition-page">
      <nav aria-label="Breadcrumb" className="crumb">
        <Link href="/alerts/definitions">{icons.back} Definitions</Link>
      </nav>
      <div className="page-head">
        <div>
          <h1 className="definition-name">{name}</h1>
          <p className="page-sub">
            {nodes.length === 0
              ? 'Runs on no node you see'
              : `Runs on ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}${
                  variants.length > 1 ? `, in ${variants.length} forms` : ''
                }${readOnly > 0 ? `; ${readOnly} can only be read` : ''}`}
          </p>
        </div>
        <Link
          href={`${definitionPath(name)}/edit${kept === undefined && widest !== undefined ? `?hash=${encodeURIComponent(widest.hash)}` : ''}`}
          className={mayChange ? 'button is-primary' : 'button'}
        >
          {icons.pencil} {mayChange ? 'Edit' : 'Look closer'}
        </Link>
      </div>
      {mayChange ? null : <WhoMayChange permission="alerts.change-config" />}
      {kept === undefined ? (
        <p className="banner">
          {icons.info}
          <span>
            Nothing is kept of this definition here: the agents run their own.{' '}
            {mayChange ? 'Edit it to keep a version and apply it to nodes.' : ''}
          </span>
        </p>
      ) : (
        <KeptDocument row={kept} running={running} mayChange={mayChange} />
      )}
      {variants.length === 0 ? null : (
        <section className="definition-part" aria-labelledby="variants">
          <h2 id="variants">{variants.length === 1 ? 'As it runs' : `The ${variants.length} forms in which it runs`}</h2>
          {variants.map((variant, index) => (
            <VariantCard key={variant.hash} name={name} variant={variant} isFirst={index === 0} mayEdit={kept === undefined} />
          ))}
        </section>
      )}
    </div>
  )
}
