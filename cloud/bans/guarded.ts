import type { BanWatch } from './ban-watch.ts'

/**
 * The same proof of who somebody is, refused with FORBIDDEN for an account that is kept out. The operator's own token always works: it
 * acts for an admin who may have been banned by mistake.
 */
export function guarded<Given extends readonly unknown[], Who extends { readonly personId: string; readonly via?: string }>(
  prove: (...given: Given) => Promise<Who>,
  bans: Pick<BanWatch, 'requireAccount'>,
): (...given: Given) => Promise<Who> {
  return async (...given) => {
    const who = await prove(...given)
    if (who.via !== 'operator') bans.requireAccount(who.personId)
    return who
  }
}
