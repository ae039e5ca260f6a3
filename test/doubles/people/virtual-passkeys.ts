import type { CDPSession, Page } from 'playwright-core'

/** An authenticator that Chromium has in its own memory: keeps passkeys and says yes for its owner. */
export interface VirtualPasskeys {
  /** How many passkeys it holds. */
  count(): Promise<number>
  /** Whether its owner is there and says yes. */
  setPresent(isPresent: boolean): Promise<void>
}

/** Plugs one into a page, as a laptop or phone has it built in (CDP, WebAuthn domain). */
export async function plugInPasskeys(page: Page): Promise<VirtualPasskeys> {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    count: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    setPresent: async (enabled) => void (await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })),
  }
}
