import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import { providerIdOf, type SpaceProvider } from '../../identity/providers/space-providers.ts'
import { cleanText } from '../../metadata/text-rules.ts'
import type { ApiIdentity } from '../ports.ts'
import { apiBase, guardedRoute, type AuditNote, type Route } from '../route.ts'

const isIssuer = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return ['https:', 'http:'].includes(protocol) && username === '' && password === '' && search === '' && hash === ''
}
const wish = z.strictObject({
  issuer: z.string().max(1_024).refine(isIssuer),
  clientId: z.string().min(1).max(512),
  clientSecret: z.string().min(1).max(1_024).optional(),
  name: z.string().min(1).max(400),
})
const named = z.strictObject({ domain: z.string().max(253) })

const providerAnswer = z.object({
  providerId: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  name: z.string(),
  callbackUrl: z.string(),
  domains: z.array(
    z.object({
      domain: z.string(),
      isProven: z.boolean(),
      provenAtMs: z.number().nullable(),
      record: z.object({ name: z.string(), type: z.literal('TXT'), value: z.string() }),
    }),
  ),
})

/** A space's own sign-in provider and the domains it speaks for (L6). */
export function spaceProviderRoutes({
  identity,
  publicUrl,
}: {
  readonly identity: ApiIdentity
  readonly publicUrl: string
}): readonly Route[] {
  const shown = (provider: SpaceProvider) => ({
    ...provider,
    callbackUrl: `${publicUrl}${apiBase}/sign-in/callback/${provider.providerId}`,
  })
  const noteOf = (what: string, caller: Caller): AuditNote => ({
    action: 'sign-in-provider-changed',
    subject: { kind: 'provider', id: providerIdOf(caller.spaceId) },
    details: { what },
  })
  /** Who may come in is decided here, so a browser left open must not do it; a sign-in of this very provider neither. */
  const require = async (caller: Caller) => {
    if (caller.onlySpaceId !== undefined) throw new ThroughlineError('FORBIDDEN', 'Sign in another way to change this.')
    if (caller.via === 'cookie') await identity.requireFresh(caller)
  }
  const path = `${apiBase}/sign-in-provider`
  return [
    guardedRoute(
      'GET',
      path,
      'providers.manage',
      undefined,
      async ({ caller }) => {
        const provider = await identity.spaceProviders.get(caller.spaceId)
        if (provider === undefined) throw new ThroughlineError('NOT_FOUND', 'The space has no sign-in provider.')
        return { status: 200, json: shown(provider) }
      },
      { docs: { summary: "The space's own sign-in provider, without its secret.", answer: providerAnswer } },
    ),
    guardedRoute(
      'PUT',
      path,
      'providers.manage',
      wish,
      async ({ caller, body }) => {
        await require(caller)
        const name = cleanText(body.name, 120).trim()
        if (name === '') throw new ThroughlineError('BODY_UNPROCESSABLE', 'A sign-in provider needs a name.')
        const { issuer, clientId } = body
        const settings = {
          issuer,
          clientId,
          name,
          providerId: providerIdOf(caller.spaceId),
          kind: 'oidc' as const,
          onlySpaceId: caller.spaceId,
        }
        await identity.federation.probe(settings)
        const provider = await identity.spaceProviders.put(caller.spaceId, { ...body, name })
        return { status: 200, json: shown(provider), audit: [noteOf('provider', caller)] }
      },
      {
        audits: ['sign-in-provider-changed'],
        docs: {
          summary: 'Sets the provider, which has to answer now. Without a secret the one before stays. Needs a fresh proof.',
          answer: providerAnswer,
        },
      },
    ),
    guardedRoute(
      'DELETE',
      path,
      'providers.manage',
      undefined,
      async ({ caller }) => {
        await require(caller)
        if (!(await identity.spaceProviders.remove(caller.spaceId)))
          throw new ThroughlineError('NOT_FOUND', 'The space has no sign-in provider.')
        return { status: 204, audit: [noteOf('removed', caller)] }
      },
      { audits: ['sign-in-provider-changed'], docs: { summary: 'Takes the provider away. Needs a fresh proof.', status: 204 } },
    ),
    guardedRoute(
      'POST',
      `${path}/domains`,
      'providers.manage',
      named,
      async ({ caller, body }) => {
        await require(caller)
        const provider = await identity.spaceProviders.addDomain(caller.spaceId, body.domain)
        return { status: 201, json: shown(provider), audit: [noteOf('domain-added', caller)] }
      },
      {
        audits: ['sign-in-provider-changed'],
        docs: {
          summary: 'Names a domain and tells the DNS record that proves it. Needs a fresh proof.',
          answer: providerAnswer,
          status: 201,
        },
      },
    ),
    guardedRoute(
      'POST',
      `${path}/domains/:domain/check`,
      'providers.manage',
      undefined,
      async ({ caller, params }) => {
        const provider = await identity.spaceProviders.checkDomain(caller.spaceId, params['domain'] ?? '')
        return { status: 200, json: shown(provider), audit: [noteOf('domain-checked', caller)] }
      },
      { audits: ['sign-in-provider-changed'], docs: { summary: 'Asks the DNS for the record now.', answer: providerAnswer } },
    ),
    guardedRoute(
      'DELETE',
      `${path}/domains/:domain`,
      'providers.manage',
      undefined,
      async ({ caller, params }) => {
        await require(caller)
        const provider = await identity.spaceProviders.removeDomain(caller.spaceId, params['domain'] ?? '')
        return { status: 200, json: shown(provider), audit: [noteOf('domain-removed', caller)] }
      },
      { audits: ['sign-in-provider-changed'], docs: { summary: 'Takes a domain away. Needs a fresh proof.', answer: providerAnswer } },
    ),
  ]
}
