import { useTitle } from '../../ui/hooks.ts'
import { IdentitiesGroup } from './identities-group.tsx'
import { PasskeysGroup } from './passkeys-group.tsx'

/** How the person proves who they are: accounts of other services and passkeys besides the mail. */
export function WaysSection() {
  useTitle('Ways to sign in')
  return (
    <>
      <h1>Ways to sign in</h1>
      <PasskeysGroup />
      <IdentitiesGroup />
    </>
  )
}
