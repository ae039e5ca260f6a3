/** What a person is told when the browser refuses a passkey, by the name of its error (WebAuthn §5.1.3, §5.1.4). */
export function passkeyProblem(name: string): string {
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'No passkey was used: it was cancelled, took too long, or there is none for this address on this device. Try again, or use another way.'
    case 'InvalidStateError':
      return 'This device already holds a passkey for your account. Use it, or add one on another device.'
    case 'SecurityError':
      return 'Passkeys are not possible at this address. They need a name, such as localhost or cloud.example.org, not an IP address, and a trusted certificate.'
    case 'NotSupportedError':
    case 'ConstraintError':
      return 'This device cannot hold a passkey that asks for you. Use another device, or a security key with a PIN.'
    default:
      return 'The browser could not use a passkey here. Try again, or use another way.'
  }
}
