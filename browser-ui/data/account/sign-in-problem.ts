/** What went wrong on the way through another service, and what a person does about it. */
export interface SignInProblem {
  readonly title: string
  readonly text: string
}

const problems: Readonly<Record<string, SignInProblem>> = {
  LINK_FIRST: {
    title: 'That account is not tied to yours yet.',
    text: 'Somebody here has the same address. Sign in with a link by mail, then tie the other account to yours in your profile, under “Ways to sign in”. After that it signs you in.',
  },
  SIGN_UP_CLOSED: {
    title: 'Nobody here knows that account.',
    text: 'People come in by invitation. Ask an admin of your space for one, or sign in with the address you were invited by.',
  },
  EMAIL_UNVERIFIED: {
    title: 'The other service did not confirm your address.',
    text: 'Confirm your email address there, then try again, or sign in with a link by mail.',
  },
  DOMAIN_UNPROVEN: {
    title: 'That sign-in is not open for your address.',
    text: 'The space has not proven that it owns the domain of your address. Ask its admin, or sign in with a link by mail.',
  },
  IDENTITY_TAKEN: {
    title: 'That account belongs to somebody else here.',
    text: 'An account of another service signs in one person only. Choose another account there, or unlink it from the other person first.',
  },
  PROVIDER_REFUSED: {
    title: 'The other service did not sign you in.',
    text: 'It was cancelled there, or its answer could not be trusted. Try again, or sign in with a link by mail.',
  },
  PROVIDER_UNAVAILABLE: {
    title: 'The other service does not answer.',
    text: 'Try again in a few minutes, or sign in with a link by mail.',
  },
  SIGN_IN_FLOW_OVER: {
    title: 'That sign-in took too long.',
    text: 'It ends after ten minutes, and works only in the browser that began it. Begin again.',
  },
  SIGN_IN_LINK_REFUSED: {
    title: 'This link no longer works.',
    text: 'A sign-in link works once and for a short time, and a newer one replaces it.',
  },
  RATE_LIMITED: {
    title: 'Too many sign-ins from here.',
    text: 'Wait a few minutes, then try again.',
  },
  LIMIT_REACHED: {
    title: 'Your account is tied to as many others as it can be.',
    text: 'Unlink one of them first.',
  },
}

/** The words for the code of a problem; a code that is not known here gets words that always hold. */
export function signInProblem(code: string): SignInProblem {
  return Object.hasOwn(problems, code)
    ? (problems[code] as SignInProblem)
    : { title: 'That did not sign you in.', text: 'Try again, or choose another way to sign in.' }
}

/** The code in the fragment of the address that a trip to another service came back to (`#problem=…`). */
export function problemCode(fragment: string): string | undefined {
  const code = new URLSearchParams(fragment.replace(/^#/u, '')).get('problem')
  return code !== null && /^[\w-]{1,64}$/u.test(code) ? code : undefined
}
