/** Controls, bidirectional controls and half surrogate pairs (security requirement C6): no part of any text that is shown. */
// oxlint-disable-next-line no-control-regex
export const unwantedCharacters = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu
