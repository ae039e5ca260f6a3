import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { byWords, type DocumentDetails, type DocumentVersion } from '../../data/alert-config/config-answers.ts'
import { changesBetween, pathWords, type MemberChange } from '../../data/alert-config/flat-document.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { Failure, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { versionQuery } from './alert-config-api.ts'

const listedVersions = 20

/** The versions that are kept, with who saved them and why, and what differs between two of them. */
export function VersionDiff({ kept }: { readonly kept: DocumentDetails }) {
  const format = useTimeFormat()
  const all = kept.versions.toSorted((a, b) => b.version - a.version)
  const versions = all.filter(({ isKept }) => isKept)
  const [pair, setPair] = useState<readonly [number, number]>()
  const [isAll, setIsAll] = useState(false)
  const shown = isAll ? all : all.slice(0, listedVersions)
  const [from, to] = pair ?? [versions[1]?.version, versions[0]?.version]
  return (
    <>
      <ol className="card run-list versions" aria-label="Versions, newest first">
        {shown.map(({ version, atMs, by, note, isKept }) => (
          <li key={version} data-version={version}>
            <span className="version-number">v{version}</span>
            <span className="run-words">
              {byWords(by)}, {format.moment(atMs / 1000, Date.now() / 1000)}
              {note === '' ? null : <span className="version-note"> {note}</span>}
            </span>
            {!isKept || version === versions.at(-1)?.version ? null : (
              <span className="run-deeds">
                <button
                  type="button"
                  className="button is-small"
                  aria-pressed={to === version && from === before(versions, version)}
                  onClick={() => setPair([before(versions, version) ?? version, version])}
                >
                  What changed<span className="visually-hidden"> in version {version}</span>
                </button>
              </span>
            )}
          </li>
        ))}
      </ol>
      {shown.length < all.length ? (
        <button type="button" className="button" onClick={() => setIsAll(true)}>
          Show all {all.length} versions
        </button>
      ) : null}
      {from === undefined || to === undefined ? null : (
        <div className="card diff">
          <div className="diff-head">
            <h3>What differs</h3>
            <label>
              From
              <VersionChoice versions={versions} value={from} onChange={(version) => setPair([version, to])} />
            </label>
            <label>
              to
              <VersionChoice versions={versions} value={to} onChange={(version) => setPair([from, version])} />
            </label>
          </div>
          <Difference documentId={kept.documentId} from={from} to={to} />
        </div>
      )}
    </>
  )
}

const before = (versions: readonly DocumentVersion[], version: number): number | undefined =>
  versions.find((each) => each.version < version)?.version

function VersionChoice({
  versions,
  value,
  onChange,
}: {
  readonly versions: readonly DocumentVersion[]
  readonly value: number
  readonly onChange: (version: number) => void
}) {
  return (
    <select className="select" value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {versions.map(({ version }) => (
        <option key={version} value={version}>
          version {version}
        </option>
      ))}
    </select>
  )
}

function Difference({ documentId, from, to }: { readonly documentId: string; readonly from: number; readonly to: number }) {
  const { request } = useServices()
  const old = useQuery(versionQuery(request, documentId, from))
  const next = useQuery(versionQuery(request, documentId, to))
  if (old.data === undefined || next.data === undefined) {
    const failed = old.isError ? old : next.isError ? next : undefined
    return failed === undefined ? (
      <Skeleton lines={3} label="Loading both versions" />
    ) : (
      <Failure title="A version cannot be read" error={failed.error} onRetry={() => void failed.refetch()} />
    )
  }
  const changes = changesBetween(old.data, next.data)
  return changes.length === 0 ? <p className="settings-none">They are the same.</p> : <ChangeList changes={changes} />
}

/** Members that differ, each with what it was and what it is. */
function ChangeList({ changes }: { readonly changes: readonly MemberChange[] }) {
  return (
    <dl className="changes">
      {changes.map(({ path, before: was, after }) => (
        <div key={path} data-path={path}>
          <dt>{pathWords(path)}</dt>
          <dd>
            {was === undefined ? null : (
              <del>
                <span className="visually-hidden">was </span>
                {was}
              </del>
            )}
            {after === undefined ? null : (
              <ins>
                <span className="visually-hidden">is </span>
                {after}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
