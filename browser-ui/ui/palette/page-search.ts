import { useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'

/** The query of the page's address, and a way to put some of its parameters: undefined or an empty text takes one away. */
export function usePageSearch(): readonly [URLSearchParams, (changes: Readonly<Record<string, string | undefined>>) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) => {
      // What the address is now, not what it was when this was drawn: two changes may come in one frame.
      const params = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === '') params.delete(name)
        else params.set(name, value)
      }
      const text = params.toString()
      navigate(`${path}${text === '' ? '' : `?${text}`}${window.location.hash}`, { replace: true })
    },
    [path, navigate],
  )
  return [new URLSearchParams(search), change]
}
