/** The part of smtp-server that tests use; the package brings no types. */
declare module 'smtp-server' {
  import type { Server } from 'node:net'
  import type { Readable } from 'node:stream'
  export interface SMTPSession {
    readonly envelope: { readonly mailFrom: { readonly address: string }; readonly rcptTo: readonly { readonly address: string }[] }
  }
  export interface SMTPServerOptions {
    authOptional?: boolean
    disabledCommands?: string[]
    onRcptTo?(address: { address: string }, session: SMTPSession, done: (error?: Error) => void): void
    onData?(stream: Readable, session: SMTPSession, done: (error?: Error) => void): void
  }
  export class SMTPServer {
    constructor(options: SMTPServerOptions)
    readonly server: Server
    on(event: 'error', told: (error: Error) => void): this
    listen(port: number, host: string, done: () => void): Server
    close(done: () => void): void
  }
}
