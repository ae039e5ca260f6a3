import { useCallback, useMemo, useState } from 'react'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { checkExpression } from '../../data/alert-config/check-expression.ts'
import { problemsOf, readyDocument, type Problem } from '../../data/alert-config/document-problems.ts'
import { blankRule, changedRule, withRule, type RuleChange } from '../../data/alert-config/rule-draft.ts'
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

/** `fixedName`: the name of what is kept already, which stays. */
export function useDraft(initial: AlertDocument, fixedName: string | undefined): Draft {
  const [document, setDocument] = useState(initial)
  const [mode, setModeState] = useState<EditorMode>('form')
  const [typed, setTyped] = useState<TypedText>()
  const [ruleIndex, setRuleIndex] = useState(0)
  const [epoch, setEpoch] = useState(0)
  const problems = useMemo(() => problemsOf(document, checkExpression), [document])
  const ready = useMemo(() => readyDocument(document, checkExpression), [document])
  const isTorn = typed !== undefined && typed.complaints.length > 0 && typed.text !== typed.opened
  const kept = useMemo(() => (mode === 'health' && typed !== undefined ? unsaid(typed.before) : []), [mode, typed])

  const open = (next: TextForm, of: AlertDocument) => {
    const text = writeDocument(next, of)
    const read = readDocument(next, text, of, checkExpression)
    setTyped({ text, opened: text, before: of, complaints: read.is === 'bad' ? read.complaints : [] })
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
      const read = readDocument(mode, text, typed.before, checkExpression)
      if (read.is === 'bad') setTyped({ ...typed, text, complaints: read.complaints })
      else if (fixedName !== undefined && read.document.name !== fixedName) {
        setTyped({ ...typed, text, complaints: [{ line: undefined, text: `What is kept as ${fixedName} keeps its name.` }] })
      } else {
        setTyped({ ...typed, text, complaints: [] })
        replace(read.document)
      }
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
      setDocument((before) => ({ ...before, rules: [...before.rules, before.rules[ruleIndex] ?? blankRule] }))
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
