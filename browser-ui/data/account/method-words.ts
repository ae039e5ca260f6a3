const words: Readonly<Record<string, string>> = {
  mail: 'By a link',
  google: 'By Google',
  github: 'By GitHub',
  oidc: 'By another service',
  passkey: 'By passkey',
}

/** How a browser was signed in; a way that is not known here is not named. */
export const methodWords = (method: string): string => (Object.hasOwn(words, method) ? (words[method] ?? '') : 'Signed in')
