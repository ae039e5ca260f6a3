import { useMutation } from '@tanstack/react-query'
import { useLayoutEffect, useState } from 'react'
import { exportInHash } from '../../../data/account/receipt-words.ts'
import { CopyButton } from '../../../ui/look/parts.tsx'
import { saveFile } from '../../../ui/save-file.ts'
import { useServices } from '../../../ui/services.ts'
import { FormError } from '../../sign-in/sign-in-frame.tsx'
import { Group, momentText } from '../parts.tsx'
import { privacyDeeds, type NewExportLink } from './privacy-api.ts'

/** Taking it along: a link that works once, and the file behind it. */
export function ExportGroup({ spaces }: { readonly spaces: readonly { readonly spaceId: string; readonly name: string }[] }) {
  const { request } = useServices()
  const [scope, setScope] = useState('me')
  const [link, setLink] = useState<string>()
  const making = useMutation({
    mutationFn: (format: 'json' | 'csv') =>
      privacyDeeds(request).makeExport({ format, ...(scope === 'me' ? { scope: 'me' } : { scope: 'space', spaceId: scope }) }),
    onSuccess: () => setLink(undefined),
  })
  // A link that was opened; its secret does not stay in the address.
  useLayoutEffect(() => {
    if (exportInHash(window.location.hash) === undefined) return
    setLink(window.location.hash)
    window.history.replaceState(window.history.state, '', window.location.pathname)
  }, [])
  return (
    <Group
      title="Take it along"
      intro="A file with every row, as JSON for programs or CSV for spreadsheets. Its link works once, for you alone, and for 24 hours. The file is made when you fetch it and kept nowhere."
    >
      {link === undefined ? null : <Fetch hash={link} label="Fetch the file of this link" />}
      <div className="form export-form">
        {spaces.length === 0 ? null : (
          <>
            <label htmlFor="export-scope">What of</label>
            <select id="export-scope" className="select" value={scope} onChange={(event) => setScope(event.target.value)}>
              <option value="me">What is held about me</option>
              {spaces.map(({ spaceId, name }) => (
                <option key={spaceId} value={spaceId}>
                  The space {name}
                </option>
              ))}
            </select>
          </>
        )}
        <div className="profile-buttons">
          <button type="button" className="button" disabled={making.isPending} onClick={() => making.mutate('json')}>
            Export as JSON
          </button>
          <button type="button" className="button" disabled={making.isPending} onClick={() => making.mutate('csv')}>
            Export as CSV
          </button>
        </div>
        {making.isError ? <FormError>{making.error.message}</FormError> : null}
      </div>
      {making.data === undefined ? null : <Ready link={making.data} key={making.data.exportId} />}
    </Group>
  )
}

function Ready({ link }: { readonly link: NewExportLink }) {
  return (
    <div className="export-ready" role="status">
      <p>
        Your {link.format === 'json' ? 'JSON' : 'CSV'} link is ready. It works once, until {momentText(link.expiresAtMs, link.createdAtMs)}.
      </p>
      <Fetch hash={new URL(link.href).hash} label="Fetch the file" copy={link.href} />
    </div>
  )
}

function Fetch({ hash, label, copy }: { readonly hash: string; readonly label: string; readonly copy?: string }) {
  const { request } = useServices()
  const fetching = useMutation({
    mutationFn: async () => {
      const found = exportInHash(hash)
      if (found === undefined) throw new TypeError('This is no link to an export.')
      const { name, content } = await privacyDeeds(request).fetchExport(found.exportId, found.token)
      saveFile(name, content)
      return name
    },
  })
  if (fetching.isSuccess) return <p role="status">{fetching.data} is saved. The link is used up.</p>
  return (
    <>
      <div className="profile-buttons">
        <button type="button" className="button is-primary" disabled={fetching.isPending} onClick={() => fetching.mutate()}>
          {fetching.isPending ? 'Making the file…' : label}
        </button>
        {copy === undefined ? null : <CopyButton text={copy} label="Copy the link" />}
      </div>
      {fetching.isError ? <FormError>{fetching.error.message}</FormError> : null}
    </>
  )
}
