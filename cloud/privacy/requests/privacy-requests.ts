import { randomUUID } from 'node:crypto'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { ItemKey, MetadataStore, StoredItem } from '../../store/port.ts'
import {
  dataOf,
  requestLimits,
  requestOf,
  requestText,
  type PrivacyRequest,
  type RequestData,
  type RequestKind,
} from './privacy-request.ts'
import { requestMail, type RequestMail } from './request-mail.ts'

/** Whoever wrote: a person of this installation, or an address. */
export type Requester = { readonly personId: string } | { readonly address: string }

export interface PrivacyRequests {
  /** From now there are 30 days. Throws BODY_UNPROCESSABLE, and LIMIT_REACHED for a person with ten open ones. */
  make(who: Requester, wish: { kind: RequestKind; text: string; way: 'profile' | 'letter' }): Promise<PrivacyRequest>
  /** A person's own, the newest first. */
  ofPerson(personId: string): Promise<readonly PrivacyRequest[]>
  /** All there are: open ones first, in the order they are due. */
  list(): Promise<readonly PrivacyRequest[]>
  /** Ends it with a note for whoever asked. Throws NOT_FOUND, CONFLICT when it has ended, BODY_UNPROCESSABLE. */
  end(requestId: string, answer: { state: 'answered' | 'refused'; note: string }): Promise<PrivacyRequest>
  /** 60 days more, once, with a reason, while it is not overdue. Throws NOT_FOUND, CONFLICT, BODY_UNPROCESSABLE. */
  extend(requestId: string, reason: string): Promise<PrivacyRequest>
  /** Mails those who were not told of a change yet: after a crash, or while the mail server was away. */
  tellAll(): Promise<void>
}

export interface PrivacyRequestsDeps {
  readonly store: MetadataStore
  /** The address of a person; undefined when they are no more. */
  readonly addressOf: (personId: string) => Promise<string | undefined>
  /** Brings a mail; answers whether it need not be tried again. Undefined: this installation sends no mail. */
  readonly deliver: ((mail: RequestMail) => Promise<boolean>) | undefined
  readonly publicUrl: string
  readonly clock: Clock
}

const partition = 'privacy-requests'
const keyOf = (personId: string | undefined, requestId: string): ItemKey => ({ partition, sort: `${personId ?? 'letter'}/${requestId}` })

/**
 * Written requests about somebody's own data, and the clock they run under (security D7). One item a request, so each step is one
 * write; a mark in it says that whoever asked has still to be told, and whoever comes next tells them.
 */
export function createPrivacyRequests({ store, addressOf, deliver, publicUrl, clock }: PrivacyRequestsDeps): PrivacyRequests {
  const items = async (prefix = ''): Promise<StoredItem[]> => {
    const found: StoredItem[] = []
    let after: string | undefined
    do {
      const page = await store.list(partition, { prefix, ...(after === undefined ? {} : { after }) })
      found.push(...page.items)
      after = page.next
    } while (after !== undefined)
    return found
  }
  const untold = deliver === undefined ? {} : { isUntold: true as const }

  const write = (key: ItemKey, data: RequestData, condition: number | 'absent') => {
    const expiresAtMs = data.endedAtMs === undefined ? undefined : data.endedAtMs + requestLimits.keptMs
    const { partition: at, sort } = key
    return store.write(
      { partition: at, sort, kind: 'privacy-request', data, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) },
      condition,
    )
  }

  /** A mail may come twice after a crash, and is never lost. */
  const tell = async (item: StoredItem): Promise<void> => {
    const data = dataOf(item)
    if (data.isUntold === undefined || deliver === undefined) return
    const request = requestOf(item)
    const to = request.address ?? (request.personId === undefined ? undefined : await addressOf(request.personId))
    const isTold = to === undefined || (await deliver(requestMail(to, request, publicUrl)))
    const { isUntold: _told, ...rest } = data
    // When it changed meanwhile, that change is still to be told.
    if (isTold) await write(item, rest, item.revision)
  }
  const tellSoon = async (key: ItemKey): Promise<void> => {
    const item = await store.read(key)
    if (item !== undefined) await tell(item)
  }

  const change = async (requestId: string, decide: (data: RequestData) => RequestData): Promise<PrivacyRequest> => {
    for (;;) {
      const item = (await items()).find(({ sort }) => sort.endsWith(`/${requestId}`))
      if (item === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such request.')
      const current = dataOf(item)
      if (current.state !== 'open') throw new ThroughlineError('CONFLICT', 'This request has ended.')
      const data = { ...decide(current), ...untold }
      if ((await write(item, data, item.revision)) === undefined) continue
      await tellSoon(item)
      return requestOf({ ...item, data })
    }
  }

  const withWords = (data: RequestData, words: { note: string } | { extension: string }): RequestData =>
    data.own === undefined
      ? { ...data, ...(data.letter && { letter: { ...data.letter, ...words } }) }
      : { ...data, own: { ...data.own, ...words } }

  return {
    async make(who, { kind, text, way }) {
      const written = requestText(text)
      const madeAtMs = clock.nowMs()
      const personId = 'personId' in who ? who.personId : undefined
      if (personId !== undefined && way === 'profile') {
        const open = (await items(`${personId}/`)).filter((item) => dataOf(item).state === 'open')
        if (open.length >= requestLimits.open)
          throw new ThroughlineError('LIMIT_REACHED', `At most ${requestLimits.open} of your requests can be open; wait for an answer.`)
      }
      const common = { kind, way, state: 'open', madeAtMs, dueAtMs: madeAtMs + requestLimits.answerMs, ...untold } as const
      const data: RequestData =
        'personId' in who
          ? { ...common, personId: who.personId, own: { text: written } }
          : { ...common, letter: { address: who.address, text: written } }
      const key = keyOf(personId, randomUUID())
      const revision = await write(key, data, 'absent')
      await tellSoon(key)
      return requestOf({ ...key, kind: 'privacy-request', data, revision: revision ?? 1 })
    },

    async ofPerson(personId) {
      return (await items(`${personId}/`)).map(requestOf).sort((a, b) => b.madeAtMs - a.madeAtMs)
    },

    async list() {
      const isOpen = ({ state }: PrivacyRequest) => (state === 'open' ? 0 : 1)
      return (await items()).map(requestOf).sort((a, b) => isOpen(a) - isOpen(b) || a.dueAtMs - b.dueAtMs)
    },

    async end(requestId, { state, note }) {
      const written = requestText(note)
      return change(requestId, (data) => ({ ...withWords(data, { note: written }), state, endedAtMs: clock.nowMs() }))
    },

    async extend(requestId, reason) {
      const written = requestText(reason)
      return change(requestId, (data) => {
        const nowMs = clock.nowMs()
        if (data.extendedAtMs !== undefined) throw new ThroughlineError('CONFLICT', 'This request was extended already.')
        if (nowMs > data.dueAtMs) throw new ThroughlineError('CONFLICT', 'This request is overdue; it can only be answered now.')
        return { ...withWords(data, { extension: written }), extendedAtMs: nowMs, dueAtMs: data.dueAtMs + requestLimits.extensionMs }
      })
    },

    async tellAll() {
      for (const item of await items()) await tell(item)
    },
  }
}
