/**
 * Controls, bidirectional controls and half surrogate pairs (security requirement C6), and what no screen shows: spaces without width,
 * fillers, hyphens that are not there. No part of any text that is shown. Joiners and signs that choose the form of a letter stay.
 */
export const unwantedCharacters =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\p{Surrogate}/gu

/** Whether something of a text is seen: a letter, a digit, a sign; not only spaces, marks and joiners. */
export const isSeen = (text: string): boolean => /[^\p{Z}\p{C}\p{M}\u2800]/u.test(text)
