import { useEffect } from 'react'
import { useServices } from '../services.ts'

/** Keeps the live socket open while a page is shown that has no live value of its own, so that it hears of changes. */
export function useHoldOpen(): void {
  const { live } = useServices()
  useEffect(() => live.holdOpen(), [live])
}
