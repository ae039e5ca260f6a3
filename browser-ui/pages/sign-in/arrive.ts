import type { Api } from '../../link/api.ts'
import { forgetPerson } from '../../offline/forget.ts'
import { returnTo } from '../../ui/account/return-to.ts'

/** Where another service sends the browser after a sign-in: past the invitations, to where the person wanted to go. */
export const arrivalPath = '/join#then'

/**
 * Goes on after a sign-in: to the invitations that wait, or where the person wanted to go. A full load, so that nothing of whoever was
 * here before stays in the page's memory.
 */
export async function arrive(api: Api): Promise<void> {
  await forgetPerson()
  const me = await api.me().catch(() => undefined)
  if ((me?.invitations.length ?? 0) > 0) {
    window.location.replace('/join')
    return
  }
  const path = returnTo.get() ?? '/'
  returnTo.clear()
  window.location.replace(path)
}
