import { createContext, useContext } from 'react'

/** Where popovers of controls are put: inside a modal dialog what lies beside it cannot be reached. */
export const PortalContext = createContext<HTMLElement | null>(null)

/** The element to put popovers into; null for the end of the page. */
export const usePortal = (): HTMLElement | null => useContext(PortalContext)
