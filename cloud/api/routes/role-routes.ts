import { z } from 'zod'
import { roles } from '../../../src/domain/model.ts'
import { permissions, type Permission } from '../../identity/permissions.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const names = Object.keys(permissions) as Permission[]

/** The table of who may do what, as pages tell it: the same one that the gate asks. */
export function roleRoutes(): readonly Route[] {
  const rows = roles.map((role) => ({ role, permissions: names.filter((name) => permissions[name].roles.includes(role)) }))
  return [
    personRoute('GET', `${apiBase}/roles`, 'self.read', undefined, () => ({ status: 200, json: { roles: rows } }), {
      docs: {
        summary: 'Tells what each role may do in a space.',
        answer: z.object({ roles: z.array(z.object({ role: z.enum(roles), permissions: z.array(z.string()) })) }),
      },
    }),
  ]
}
