import type { Mail } from './mailer.ts'

/** Asks the new address whether it is the person's. */
export const confirmAddressMail = (to: string, link: string): Mail => ({
  to,
  subject: 'Confirm your new address for Throughline',
  text: [
    'Somebody who is signed in to Throughline wants to use this address from now on. If that is you, open this link within an hour,',
    'in the browser where you are signed in. It works once:',
    '',
    link,
    '',
    'You did not ask for it? Then ignore this message; nothing changes without the link.',
    '',
  ].join('\n'),
})

/** Says that the wanted address has an account already, to the one person who may know that. */
export const addressInUseMail = (to: string, publicUrl: string): Mail => ({
  to,
  subject: 'Your address was named at Throughline',
  text: [
    `Somebody wanted to use this address for their account at ${publicUrl}. It belongs to your account there already, so nothing changed.`,
    '',
    'You need not do anything.',
    '',
  ].join('\n'),
})

/** Tells the address before that it is not used any more. */
export const addressChangedMail = (to: string, publicUrl: string): Mail => ({
  to,
  subject: 'Your address at Throughline was changed',
  text: [
    `Your account at ${publicUrl} has another address now; this one gets no more mail.`,
    '',
    'If that was not you, tell an admin of your space at once.',
    '',
  ].join('\n'),
})
