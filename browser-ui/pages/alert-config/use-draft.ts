import { useCallback, useMemo, useState } from 'react'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import type { AlertDraft } from '../../data/alert-config/alert-drafts.ts'
import { checkExpression } from '../../data/alert-config/check-expression.ts'
import { problemsOf, readyDocument, type Problem } from '../../data/alert-config/document-problems.ts'
import { usualRule, changedRule, withRule, type RuleChange } from '../../data/alert-config/rule-draft.ts'
import { readDocument, unsaid, writeDocument, type TextComplaint, type TextForm } from '../../data/alert-config/text-documents.ts'

interface TypedText {
  readonly text: string
  /** The text as it was made of the document. */
  readonly opened: string
  readonly before: AlertDocument
  readonly complaints: readonly TextComplaint[]
}

export type EditorMode = 'form' | TextForm

/** A document while somebody changes it, as a form or as one of its texts. */
export interface Draft {
  readonly document: AlertDocument
  /** Everything that keeps it from being saved. */
  readonly problems: readonly Problem[]
  /** The document, when nothing does. */
  readonly ready: AlertDocument | undefined
  readonly mode: EditorMode
  readonly text: string
  readonly complaints: readonly TextComplaint[]
  /** Members that the text of health.d does not show and that stay. */
  readonly unsaid: readonly string[]
  readonly ruleIndex: number
  /** Grows when the document came from elsewhere than the form's fields. */
  readonly epoch: number
  readonly isChanged: boolean
  /** What was typed as text is no document yet: leaving the text would lose it. */
  readonly isTorn: boolean
  /** That text. */
  readonly torn: AlertDraft['torn']
  readonly setMode: (mode: EditorMode) => void
  readonly setText: (text: string) => void
  /** Takes back what was typed into the text since it was whole. */
  readonly dropText: () => void
  readonly setName: (name: string) => void
  readonly changeRule: (change: RuleChange) => void
  readonly setRuleIndex: (index: number) => void
  readonly addRule: () => void
  readonly removeRule: () => void
  /** Puts another document in place, such as one merged with somebody else's. */
  readonly replace: (document: AlertDocument) => void
}

/** `fixedName`: the name of what is kept already, which stays. `left`: the draft to continue. */
export function useDraft(
  initial: AlertDocument,
  fixedName: string | undefined,
  left: Pick<AlertDraft, 'document' | 'torn'> | undefined,
): Draft {
  const read = (form: TextForm, text: string, before: AlertDocument) => {
    const answer = readDocument(form, text, before, checkExpression)
    if (answer.is === 'bad' || fixedName === undefined || answer.document.name === fixedName) return answer
    return { is: 'bad' as const, complaints: [{ line: undefined, text: `What is kept as ${fixedName} keeps its name.` }] }
  }
  const [document, setDocument] = useState(left?.document ?? initial)
  const [mode, setModeState] = useState<EditorMode>(left?.torn?.form ?? 'form')
  const [typed, setTyped] = useState<TypedText | undefined>(() => {
    if (left?.torn === undefined) return undefined
    const { form, text } = left.torn
    const answer = read(form, text, left.document)
    const complaints = answer.is === 'bad' ? answer.complaints : []
    return { text, opened: writeDocument(form, left.document), before: left.document, complaints }
  })
  const [ruleIndex, setRuleIndex] = useState(0)
  const [epoch, setEpoch] = useState(0)
  const problems = useMemo(() => problemsOf(document, checkExpression), [document])
  const ready = useMemo(() => readyDocument(document, checkExpression), [document])
  const isTorn = typed !== undefined && typed.complaints.length > 0 && typed.text !== typed.opened
  const kept = useMemo(() => (mode === 'health' && typed !== undefined ? unsaid(typed.before) : []), [mode, typed])

  const open = (next: TextForm, of: AlertDocument) => {
    const text = writeDocument(next, of)
    const answer = readDocument(next, text, of, checkExpression)
    setTyped({ text, opened: text, before: of, complaints: answer.is === 'bad' ? answer.complaints : [] })
  }
  const replace = useCallback((next: AlertDocument) => {
    setDocument(next)
    setRuleIndex((index) => Math.min(index, next.rules.length - 1))
    setEpoch((count) => count + 1)
  }, [])
  return {
    document,
    problems,
    ready: typed !== undefined && typed.complaints.length > 0 && mode !== 'form' ? undefined : ready,
    mode,
    text: typed?.text ?? '',
    complaints: typed?.complaints ?? [],
    unsaid: kept,
    ruleIndex: Math.min(ruleIndex, document.rules.length - 1),
    epoch,
    isChanged: document !== initial || isTorn,
    isTorn,
    torn: isTorn && mode !== 'form' ? { form: mode, text: typed.text } : undefined,
    setMode(next) {
      if (next === mode) return
      setModeState(next)
      if (next === 'form') {
        setTyped(undefined)
        setEpoch((count) => count + 1)
      } else open(next, document)
    },
    setText(text) {
      if (mode === 'form' || typed === undefined) return
      const answer = read(mode, text, typed.before)
      setTyped({ ...typed, text, complaints: answer.is === 'bad' ? answer.complaints : [] })
      if (answer.is === 'good') replace(answer.document)
    },
    dropText() {
      if (mode !== 'form') open(mode, document)
    },
    setName: (name) => setDocument((before) => ({ ...before, name })),
    changeRule(change) {
      setDocument((before) => {
        const rule = before.rules[ruleIndex]
        return rule === undefined ? before : withRule(before, ruleIndex, changedRule(rule, change))
      })
    },
    setRuleIndex,
    addRule() {
      // The rule before it is the best guess of what comes next.
      setDocument((before) => ({ ...before, rules: [...before.rules, before.rules[ruleIndex] ?? usualRule] }))
      setRuleIndex(document.rules.length)
    },
    removeRule() {
      if (document.rules.length < 2) return
      setDocument((before) => ({ ...before, rules: before.rules.filter((_, index) => index !== ruleIndex) }))
      setRuleIndex(Math.max(0, ruleIndex - 1))
      setEpoch((count) => count + 1)
    },
    replace,
  }
}
