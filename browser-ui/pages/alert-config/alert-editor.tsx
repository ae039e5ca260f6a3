import '../../charts/charts.css'
import '../nodes/nodes.css'
import './alert-config.css'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import type { AlertDraft } from '../../data/alert-config/alert-drafts.ts'
import type { DocumentDetails } from '../../data/alert-config/config-answers.ts'
import { definitionPath } from '../../data/alert-config/definition-list.ts'
import { pathWords } from '../../data/alert-config/flat-document.ts'
import { usualRule } from '../../data/alert-config/rule-draft.ts'
import { icons } from '../../ui/look/icons.tsx'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { Problem } from '../../ui/look/problem.tsx'
import { WhoMayChange } from '../../ui/account/who-may-change.tsx'
import { alertConfigApi, documentQuery } from './alert-config-api.ts'
import { BackTestPanel } from './back-test-panel.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { DryRunPanel } from './dry-run-panel.tsx'
import { FieldsContext, TextField, type FieldsState } from './fields.tsx'
import { RuleChart } from './rule-chart.tsx'
import { RuleForm } from './rule-form.tsx'
import { TextMode } from './text-mode.tsx'
import { useDraft, type EditorMode } from './use-draft.ts'
import { useKeptDraft, type DraftPlace } from './use-kept-draft.ts'
import { useMayChangeAlerts } from './use-may-change.ts'
import { useRulePlace } from './use-rule-place.ts'

export interface AlertEditorProps {
  readonly title: string
  readonly initial: AlertDocument
  /** What is kept already; undefined for a first version. */
  readonly kept: DocumentDetails | undefined
  /** The node that the chart is shown on at first. */
  readonly nodeId: string | undefined
  /** What the document could not be made of, as sentences. */
  readonly notes?: readonly string[]
  /** Where its draft is kept until it is saved. */
  readonly drafts: DraftPlace
  /** What somebody left here before and continues now. */
  readonly left: AlertDraft | undefined
}

const modes = [
  ['form', 'Form'],
  ['json', 'JSON'],
  ['health', 'health.d text'],
] as const satisfies readonly (readonly [EditorMode, string])[]

/** The parts that lie below each other on a narrow screen: what each is called, where it is, and its tab. */
const jumps = [
  ['Form', '.editor-form'],
  ['Chart', '.rule-chart'],
  ['Back-test', '.editor-panels', 'back-test'],
  ['Dry run', '.editor-panels', 'dry-run'],
] as const satisfies readonly (readonly [string, string, string?])[]

/** Makes or changes an alert: its form or its text, beside the live chart, a back-test and a dry run; then it is saved as a version. */
export function AlertEditor({ title, initial, kept, nodeId, notes = [], drafts, left }: AlertEditorProps) {
  const { request } = useServices()
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const mayChange = useMayChangeAlerts()
  const draft = useDraft(initial, kept?.document.name, left)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isTried, setIsTried] = useState(false)
  const [shownOn, setShownOn] = useState(left?.nodeId ?? nodeId)
  const [note, setNote] = useState(left?.note ?? '')
  /** The version that the draft was made from, with its document: what a conflict is worked out against. */
  const [base, setBase] = useState(left?.base ?? { version: kept?.version ?? 0, document: kept?.document ?? initial })
  const [theirs, setTheirs] = useState<DocumentDetails>()
  const [wanted, setWanted] = useState<string>()
  const [panel, setPanel] = useState('back-test')
  const form = useRef<HTMLDivElement>(null)
  const columns = useRef<HTMLDivElement>(null)
  const rule = draft.document.rules[draft.ruleIndex] ?? usualRule
  const deferredRule = useDeferredValue(rule)
  const place = useRulePlace(deferredRule, shownOn)

  const saving = useMutation({
    mutationFn: async (document: AlertDocument) => {
      if (kept === undefined) return alertConfigApi.create(request, document, note)
      // A draft from before anything was kept.
      if (base.version === 0) throw new ThroughlineError('CONFLICT', 'Somebody saved this alert meanwhile.')
      return alertConfigApi.save(request, kept.documentId, document, base.version, note)
    },
    onSuccess: async (_, document) => {
      forgetDraft()
      toasts.show({ tone: 'good', text: `“${document.name}” is saved. Apply it to nodes to make it run.` })
      await Promise.all([
        client.invalidateQueries({ queryKey: ['alert-documents'] }),
        client.invalidateQueries({ queryKey: ['alert-definitions'] }),
      ])
      navigate(definitionPath(document.name))
    },
    onError: async (error) => {
      if (kept === undefined || !(error instanceof ThroughlineError) || error.code !== 'CONFLICT') return
      setTheirs(await client.fetchQuery({ ...documentQuery(request, kept.documentId), staleTime: 0 }))
    },
  })
  const { problems } = draft
  const fields = useMemo<FieldsState>(
    () => ({
      problems,
      isShown: (path) => isTried || touched.has(path),
      touch: (path) => setTouched((before) => (before.has(path) ? before : new Set(before).add(path))),
      isReadOnly: !mayChange,
    }),
    [problems, isTried, touched, mayChange],
  )

  /** Leads to the field of a member, in whatever rule it is. */
  const goTo = (path: string) => {
    const [, index] = /^rules\.(\d+)/.exec(path) ?? []
    if (draft.mode !== 'form') draft.setMode('form')
    if (index !== undefined && Number(index) !== draft.ruleIndex) draft.setRuleIndex(Number(index))
    setWanted(path)
  }
  // After the form with that field is on screen.
  useEffect(() => {
    if (wanted === undefined) return
    const all = [...(form.current?.querySelectorAll<HTMLElement>('[data-path]') ?? [])]
    const exact = all.find((element) => element.dataset['path'] === wanted)
    const near = all.find(
      (element) => wanted.startsWith(`${element.dataset['path']}.`) || element.dataset['path']?.startsWith(`${wanted}.`),
    )
    ;(exact ?? near)?.focus()
    setWanted(undefined)
  }, [wanted])

  const forgetDraft = useKeptDraft(drafts, draft.isChanged && !saving.isSuccess && mayChange, {
    base,
    document: draft.document,
    torn: draft.torn,
    nodeId: shownOn,
    note,
  })

  const jump = (where: string, tab: string | undefined) => {
    if (tab !== undefined) setPanel(tab)
    const part = columns.current?.querySelector<HTMLElement>(where)
    part?.scrollIntoView({ block: 'start' })
    part?.focus({ preventScroll: true })
  }
  const save = () => {
    setIsTried(true)
    const [first] = problems
    if (draft.complaints.length > 0) form.current?.querySelector<HTMLElement>('textarea')?.focus()
    else if (draft.ready === undefined) goTo(first?.path ?? 'name')
    else saving.mutate(draft.ready)
  }
  const isClash = saving.error instanceof ThroughlineError && saving.error.code === 'CONFLICT' && kept !== undefined
  const readyRule = draft.ready?.rules[draft.ruleIndex]
  return (
    <div className="alert-editor">
      <nav aria-label="Breadcrumb" className="crumb">
        <Link href={kept === undefined ? '/alerts/definitions' : definitionPath(kept.name)}>
          {icons.back} {kept === undefined ? 'Definitions' : kept.name}
        </Link>
      </nav>
      <div className="page-head">
        <h1 className="definition-name">{title}</h1>
      </div>
      {mayChange ? null : <WhoMayChange permission="alerts.change-config" />}
      {notes.map((text) => (
        <p key={text} className="banner">
          {icons.info} <span>{text}</span>
        </p>
      ))}
      <nav className="editor-jumps" aria-label="Parts of the editor">
        {jumps.map(([words, where, tab]) => (
          <button key={words} type="button" className="chip is-small" aria-label={`${words}: go there`} onClick={() => jump(where, tab)}>
            {words}
          </button>
        ))}
      </nav>
      <FieldsContext value={fields}>
        <div className="editor-columns" ref={columns}>
          <div className="editor-form" ref={form} tabIndex={-1} role="group" aria-label="The alert">
            <div className="card form-part">
              <div className="form-grid">
                <TextField
                  path="name"
                  label="Name"
                  value={draft.document.name}
                  isCode
                  isWide
                  placeholder="disk_busy_long"
                  {...(kept === undefined
                    ? { hint: 'Agents know the alert by it. A stock alert of the same name is replaced where this is applied.' }
                    : { hint: 'A kept definition keeps its name.' })}
                  onChange={(name) => (kept === undefined ? draft.setName(name) : undefined)}
                />
              </div>
            </div>
            <Tabs.Root
              value={draft.mode}
              onValueChange={(next) => {
                const mode = modes.find(([id]) => id === next)?.[0]
                if (mode !== undefined && !draft.isTorn) draft.setMode(mode)
              }}
              activationMode="manual"
            >
              <div className="editor-bar">
                <Tabs.List className="editor-tabs" aria-label="How to write it">
                  {modes.map(([id, words]) => (
                    <Tabs.Trigger key={id} value={id} disabled={id !== draft.mode && draft.isTorn}>
                      {words}
                    </Tabs.Trigger>
                  ))}
                </Tabs.List>
                {draft.mode === 'form' ? <Rules draft={draft} mayChange={mayChange} /> : null}
              </div>
              <Tabs.Content value="form" tabIndex={-1}>
                <RuleForm
                  key={`${draft.ruleIndex} ${draft.epoch}`}
                  rule={rule}
                  index={draft.ruleIndex}
                  help={{ contexts: place.contextNames, instances: place.instances, matching: place.taken.length }}
                  onChange={draft.changeRule}
                />
              </Tabs.Content>
              <Tabs.Content value="json" tabIndex={-1}>
                <TextMode draft={draft} isReadOnly={!mayChange} />
              </Tabs.Content>
              <Tabs.Content value="health" tabIndex={-1}>
                <TextMode draft={draft} isReadOnly={!mayChange} />
              </Tabs.Content>
            </Tabs.Root>
          </div>
          <div className="editor-side">
            <RuleChart rule={deferredRule} place={place} onNode={setShownOn} />
            <Tabs.Root value={panel} onValueChange={setPanel} className="card editor-panels" tabIndex={-1} role="group" aria-label="Tests">
              <Tabs.List className="expanded-tabs" aria-label="Try it">
                <Tabs.Trigger value="back-test">Back-test</Tabs.Trigger>
                <Tabs.Trigger value="dry-run">Dry run</Tabs.Trigger>
              </Tabs.List>
              <Tabs.Content value="back-test" forceMount className="panel" tabIndex={-1}>
                <BackTestPanel key={draft.ruleIndex} rule={readyRule} place={place} />
              </Tabs.Content>
              <Tabs.Content value="dry-run" forceMount className="panel" tabIndex={-1}>
                <DryRunPanel document={draft.ready} nodeId={place.node?.nodeId} onMember={goTo} />
              </Tabs.Content>
            </Tabs.Root>
          </div>
        </div>
      </FieldsContext>
      {mayChange ? (
        <form
          className="save-bar"
          aria-label="Save"
          onSubmit={(event) => {
            event.preventDefault()
            save()
          }}
        >
          {isTried && problems.length > 0 ? (
            <button type="button" className="link-button save-problems" onClick={() => goTo(problems[0]?.path ?? 'name')}>
              {problems.length} {problems.length === 1 ? 'thing' : 'things'} to mend: {pathWords(problems[0]?.path ?? '')}
            </button>
          ) : null}
          {isClash ? null : <Problem error={saving.error} />}
          <label className="save-note">
            <span className="visually-hidden">Note</span>
            <input
              type="text"
              value={note}
              maxLength={500}
              placeholder="Why (may stay empty)"
              autoComplete="off"
              onChange={(event) => setNote(event.target.value)}
            />
          </label>
          <button type="submit" className="button is-primary" disabled={saving.isPending || (kept !== undefined && !draft.isChanged)}>
            {saving.isPending ? 'Saving…' : kept === undefined ? 'Save' : `Save version ${base.version + 1}`}
          </button>
        </form>
      ) : null}
      {theirs === undefined ? null : (
        <ConflictDialog
          base={base.document}
          mine={draft.ready ?? draft.document}
          theirs={theirs}
          onMerged={(document) => {
            draft.replace(document)
            setBase({ version: theirs.version, document: theirs.document })
            setTheirs(undefined)
            saving.reset()
          }}
          onClose={() => setTheirs(undefined)}
        />
      )}
    </div>
  )
}

function Rules({ draft, mayChange }: { readonly draft: ReturnType<typeof useDraft>; readonly mayChange: boolean }) {
  const { rules } = draft.document
  return (
    <div className="editor-rules" role="group" aria-label="Rules">
      {rules.length > 1
        ? rules.map((_, index) => (
            <button
              key={index}
              type="button"
              className="chip is-small"
              aria-pressed={index === draft.ruleIndex}
              onClick={() => draft.setRuleIndex(index)}
            >
              Rule {index + 1}
            </button>
          ))
        : null}
      {mayChange ? (
        <button type="button" className="button is-small" onClick={draft.addRule} title="The first rule that fits an instance counts.">
          {icons.plus} Rule
        </button>
      ) : null}
      {mayChange && rules.length > 1 ? (
        <button type="button" className="button is-small" onClick={draft.removeRule}>
          Remove rule {draft.ruleIndex + 1}
        </button>
      ) : null}
    </div>
  )
}
