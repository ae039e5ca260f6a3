import { useLayoutEffect, useState } from 'react'
import { takeBrought, type Brought } from './sign-in-token.ts'

/**
 * What the address brings, now and when its fragment changes: a link opened where the page is already on screen loads nothing.
 * Undefined until the first look, which comes before anything is painted. The second part forgets it.
 */
export function useBrought(): readonly [Brought | undefined, () => void] {
  const [brought, setBrought] = useState<Brought>()
  useLayoutEffect(() => {
    // Not while rendering: a rendering may be thrown away, and the fragment would be gone with it.
    const look = () => {
      const next = takeBrought()
      setBrought((before) => next ?? before ?? {})
    }
    look()
    window.addEventListener('hashchange', look)
    return () => window.removeEventListener('hashchange', look)
  }, [])
  return [brought, () => setBrought({})]
}
