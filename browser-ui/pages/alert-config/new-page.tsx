import { useState } from 'react'
import { useSearch } from 'wouter'
import { draftFor, readWizardPath } from '../../data/alert-config/rule-draft.ts'
import { useTitle } from '../../ui/hooks.ts'
import { EditAlert } from './edit-alert.tsx'

/** Makes an alert, from nothing or from the chart that the address names. */
export function NewAlertPage() {
  useTitle('New alert')
  const search = useSearch()
  const [wish] = useState(() => readWizardPath(search))
  const [initial] = useState(() => draftFor(wish))
  return <EditAlert place="new" title="New alert" initial={initial} kept={undefined} nodeId={wish.nodeId} />
}
