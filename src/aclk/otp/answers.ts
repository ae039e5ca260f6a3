import { topicList } from '../topics/topics.ts'

/** Answers of discovery and authentication: env, password, errors. Shapes and limits: aclk §2 and §3. */

/** `GET /api/v1/env`. `publicUrl` is `https://host:port` with the port written out (aclk §1.5). */
export function envAnswer(publicUrl: { readonly host: string; readonly port: number }): string {
  const authority = `${publicUrl.host}:${publicUrl.port}`
  return JSON.stringify({
    authEndpoint: `https://${authority}/api/v1/auth`,
    encoding: 'proto',
    transports: [{ type: 'MQTTv5', endpoint: `wss://${authority}/mqtt` }],
    capabilities: ['proto', 'ctx'],
    backoff: { base: 2, maxSeconds: 60_000, minSeconds: 0 },
  })
}

/** The credentials of one CONNECT. */
export interface LinkCredentials {
  readonly clientId: string
  readonly username: string
  readonly password: string
}

/** `POST …/password`, answered with 201. */
export function passwordAnswer({ clientId, username, password }: LinkCredentials): string {
  return JSON.stringify({ clientID: clientId, username, password, topics: topicList() })
}

/** The error object of aclk §2.4: minified, its three text keys always there. */
export function errorAnswer(error: {
  readonly code: string
  readonly key: string
  readonly message: string
  readonly nonRetryable?: boolean
  readonly retryDelayS?: number
}): string {
  return JSON.stringify({
    errorCode: error.code,
    errorMsgKey: error.key,
    errorMessage: error.message,
    ...(error.nonRetryable === undefined ? {} : { errorNonRetryable: error.nonRetryable }),
    ...(error.retryDelayS === undefined ? {} : { errorRetryDelaySeconds: error.retryDelayS }),
  })
}

/** A challenge is this many random bytes; older agents cut longer ones (aclk §3.1). */
export const challengeSecretBytes = 32
/** Length of the base64 text of one RSA-2048 block. */
export const challengeTextLength = 344
