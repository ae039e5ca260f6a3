import type { ContentFinder } from './content-kind.ts'

/** How statements begin that need no second word to be one. */
const statement =
  /\b(?:insert\s{1,8}(?:ignore\s{1,8})?into|update\s{1,8}[\w."`[\]]{1,128}\s{1,8}set|delete\s{1,8}from|merge\s{1,8}into|replace\s{1,8}into|(?:create|alter|drop)\s{1,8}(?:or\s{1,8}replace\s{1,8}|unique\s{1,8}|temp(?:orary)?\s{1,8})?(?:table|index|view|user|role|database|schema|function|trigger|login|policy)|truncate\s{1,8}table|(?:grant|revoke)\s{1,8}[\w, ]{1,128}\son\s|exec(?:ute)?\s{1,8}sp_|copy\s{1,8}[\w."]{1,128}\s{1,8}(?:from|to)\s|set\s{1,8}password|explain\s{1,8}(?:analyze\s{1,8})?select|with\s{1,8}\w{1,64}\s{1,8}as\s{0,8}\()/i
const select = /\bselect\b/i
const from = /\bfrom\b/i
/** What a statement has and a sentence has not. */
const marks = /[*(=;"`<>]|\b(?:where|join|limit|order\s{1,4}by|group\s{1,4}by|union|values|set)\b|select\s{1,4}[\w.]{1,64},/i

/** Statements of databases: from where the first begins to the end of the text, since what follows are its values. */
export const queryTextFinder: ContentFinder = {
  kind: 'query-text',
  *find(text) {
    const first = statement.exec(text)?.index ?? Infinity
    const selected = select.exec(text)?.index ?? Infinity
    // Of several only the first matters: what stands behind a later one stands behind this one too.
    const rest = selected === Infinity ? '' : text.slice(selected)
    const isSelect =
      rest !== '' && (from.test(rest) || /^select\s{1,8}[\w.]{0,64}\(/i.test(rest)) && (marks.test(rest) || /\bFROM\b/.test(rest))
    const start = Math.min(isSelect ? selected : Infinity, first)
    if (start !== Infinity) yield [start, text.length]
  },
}
