import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { lookToTake, lookToTell, type SeenLook } from '../../data/account/look.ts'
import { isTimeZone } from '../../data/time/time-zone.ts'
import { meQuery } from '../queries.ts'
import { seenLook } from '../look/seen-look.ts'
import { useServices } from '../services.ts'
import { theme, type ThemeChoice } from '../look/theme.ts'
import { timeZone } from './time-zone.ts'

const isTheme = (text: string): text is ThemeChoice => text === 'light' || text === 'dark' || text === 'system'

/** Theme and zone go with the account, between the browsers of one person. A choice that cannot be told stays in this browser. */
export function useAccountLook(): void {
  const { api, request } = useServices()
  const client = useQueryClient()
  // The bars ask; here it is only heard.
  const me = useQuery({ ...meQuery(api), enabled: false }).data
  useEffect(() => {
    // An answer of an older cloud says nothing about it.
    if (me === undefined || me.theme === undefined || me.timeZone === undefined) return undefined
    const account: SeenLook = { personId: me.personId, theme: me.theme, timeZone: me.timeZone }
    const taken = lookToTake(seenLook.get(), account)
    seenLook.set(account)
    if (taken.theme !== undefined && isTheme(taken.theme ?? 'system')) theme.choose((taken.theme ?? 'system') as ThemeChoice)
    if (taken.timeZone !== undefined && (taken.timeZone === null || isTimeZone(taken.timeZone)))
      timeZone.choose(taken.timeZone ?? 'machine')

    let before = `${theme.choice} ${timeZone.choice}`
    const tell = () => {
      const now = `${theme.choice} ${timeZone.choice}`
      if (now === before) return
      before = now
      const change = lookToTell(seenLook.get() ?? account, { theme: theme.choice, timeZone: timeZone.choice })
      if (change === undefined) return
      seenLook.set({ ...account, ...seenLook.get(), ...change })
      const told = async () => {
        // An answer that is under way would bring back the choice before.
        await client.cancelQueries({ queryKey: ['me'] })
        await request.patch('/me', change)
        await client.invalidateQueries({ queryKey: ['me'] })
      }
      told().catch(() => undefined)
    }
    const stops = [theme.subscribe(tell), timeZone.subscribe(tell)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [me, request, client])
}
