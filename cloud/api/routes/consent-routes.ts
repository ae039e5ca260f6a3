import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { consentChoices, type ConsentChoice } from '../../privacy/consent/consents.ts'
import { allowedLine, forbiddenLine, isAllowedBy } from '../analytics-cookie.ts'
import type { ApiConsents } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const choiceShape = z.strictObject({ choice: z.enum(consentChoices) })
const answer = z.object({
  provider: z.object({ name: z.string(), purpose: z.string(), domains: z.array(z.string()) }).nullable(),
  choice: z.enum(consentChoices).nullable(),
  chosenAtMs: z.number().nullable(),
  isAllowedHere: z.boolean(),
  scriptUrl: z.string().nullable(),
})

/** Whether analytics that the operator configured may run in the browsers of whoever asks (U2). */
export function consentRoutes({ consents }: { readonly consents: ApiConsents }): readonly Route[] {
  const shown = () => {
    const { provider } = consents
    return provider === undefined
      ? null
      : { name: provider.name, purpose: provider.purpose, domains: [new URL(provider.scriptUrl).hostname] }
  }
  const answerOf = (choice: ConsentChoice | undefined, chosenAtMs: number | undefined, isAllowedHere: boolean) => ({
    provider: shown(),
    choice: choice ?? null,
    chosenAtMs: chosenAtMs ?? null,
    isAllowedHere,
    // Who has not allowed it learns no address to load.
    scriptUrl: choice === 'granted' ? (consents.provider?.scriptUrl ?? null) : null,
  })
  return [
    personRoute(
      'GET',
      `${apiBase}/consent`,
      'self.read',
      undefined,
      async ({ caller, cookie }) => {
        const { personId, via, onlySpaceId } = caller
        // Only whoever may change the choice is asked for one.
        if (consents.provider === undefined || via !== 'cookie' || onlySpaceId !== undefined)
          return { status: 200, json: { ...answerOf(undefined, undefined, false), provider: null } }
        const kept = await consents.choiceOf(personId)
        const isAllowedHere = isAllowedBy(cookie, consents)
        const isGranted = kept?.choice === 'granted'
        // The choice is the person's, the permission to name the provider is each browser's; the one follows the other.
        const cookies = isGranted === isAllowedHere ? {} : { cookies: [isGranted ? allowedLine(consents) : forbiddenLine()] }
        return { status: 200, json: answerOf(kept?.choice, kept?.atMs, isAllowedHere), ...cookies }
      },
      { docs: { summary: 'The analytics that the operator configured, if any, and what the person who asks decided about them.', answer } },
    ),
    personRoute(
      'PUT',
      `${apiBase}/consent`,
      'self.change',
      choiceShape,
      async ({ caller: { personId }, body: { choice } }) => {
        if (consents.provider === undefined) throw new ThroughlineError('NOT_FOUND', 'This installation has no analytics.')
        await consents.choose(personId, choice)
        const kept = await consents.choiceOf(personId)
        const isGranted = choice === 'granted'
        return {
          status: 200,
          json: answerOf(choice, kept?.atMs, isGranted),
          cookies: [isGranted ? allowedLine(consents) : forbiddenLine()],
          audit: [{ action: 'consent-changed', subject: { kind: 'person', id: personId }, details: { choice } }],
        }
      },
      {
        audits: ['consent-changed'],
        docs: { summary: 'Allows the analytics of this installation, or stops them at once.', answer },
      },
    ),
  ]
}
