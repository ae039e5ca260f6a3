/** The part of dns-packet that tests use; the package brings no types. */
declare module 'dns-packet' {
  interface Question {
    readonly name: string
    readonly type: string
  }
  export const AUTHORITATIVE_ANSWER: number
  export function decode(bytes: Uint8Array): { readonly id: number; readonly questions: readonly Question[] }
  export function encode(packet: {
    readonly type: 'response'
    readonly id: number
    readonly flags: number
    readonly questions: readonly Question[]
    readonly answers: readonly { readonly name: string; readonly type: string; readonly ttl: number; readonly data: readonly string[] }[]
  }): Buffer
}
