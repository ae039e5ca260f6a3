import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isPermittedToPerson, personPermissions, type PersonPermission } from '../../identity/permissions.ts'
import type { PersonCaller } from '../../identity/ports.ts'
import type { ApiIdentity } from '../ports.ts'
import { personRoute, type Route } from '../route.ts'

const account = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  avatarURL: z.string(),
  createdAt: z.iso.datetime(),
  settings: z.object({}),
  termsAccepted: z.boolean(),
  auth_type: z.string(),
  permissions: z.array(z.string()),
})

/** How the proof is called by clients. */
const authTypes = { cookie: 'session', 'api-token': 'api_token', operator: 'api_token' } as const satisfies Record<
  PersonCaller['via'],
  string
>

/** Who the caller is, in the form existing clients read (cloud-api §11). */
export function accountRoutes({ identity }: { readonly identity: Pick<ApiIdentity, 'people'> }): readonly Route[] {
  const me = (version: 1 | 2) =>
    personRoute(
      'GET',
      `/api/v${version}/accounts/me`,
      'self.read',
      undefined,
      async ({ caller }) => {
        const person = await identity.people.get(caller.personId)
        if (person === undefined) throw new ThroughlineError('UNAUTHENTICATED', 'This account is no more.')
        const { personId, email, createdAtMs, name = '' } = person
        const json: z.infer<typeof account> = {
          id: personId,
          email,
          name: name === '' ? email.slice(0, Math.max(0, email.lastIndexOf('@'))) || email : name,
          avatarURL: '',
          createdAt: new Date(createdAtMs).toISOString(),
          settings: {},
          termsAccepted: true,
          auth_type: authTypes[caller.via],
          permissions: (Object.keys(personPermissions) as PersonPermission[]).filter((each) => isPermittedToPerson(each, caller)),
        }
        return { status: 200, json }
      },
      { style: 'compatible', docs: { summary: 'Who the caller is.', answer: account } },
    )
  return [me(2), me(1)]
}
