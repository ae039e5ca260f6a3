/** Whether this machine has a Command key where others have Ctrl. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** How the key that opens the command palette is written here. */
export const paletteKeyText = isApple ? '⌘K' : 'Ctrl K'
