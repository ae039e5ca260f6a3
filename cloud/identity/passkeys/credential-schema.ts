import { z } from 'zod'

const bytes = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\w-]*$/)
const common = {
  id: bytes(1_400).min(1),
  rawId: bytes(1_400).min(1),
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(32).nullish(),
  clientExtensionResults: z.looseObject({}).default({}),
}

/** What `PublicKeyCredential.toJSON()` gives of a new passkey (WebAuthn level 3 §5.1); browsers may add members of their own. */
export const attestationJson = z.looseObject({
  ...common,
  response: z.looseObject({
    clientDataJSON: bytes(8_192),
    attestationObject: bytes(32_768),
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
})
export type AttestationJson = z.infer<typeof attestationJson>

/** What it gives of an answer of a passkey. */
export const assertionJson = z.looseObject({
  ...common,
  response: z.looseObject({
    clientDataJSON: bytes(8_192),
    authenticatorData: bytes(8_192),
    signature: bytes(8_192),
    userHandle: bytes(128).nullish(),
  }),
})
export type AssertionJson = z.infer<typeof assertionJson>
