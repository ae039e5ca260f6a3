import type { BigQuery, BigQueryOptions } from '@google-cloud/bigquery'

/** Which BigQuery is meant. */
export interface ClientOptions {
  readonly project: string
  readonly location: string
  /** Another address of the BigQuery API. Outside googleapis.com no credentials are looked for and none are sent. */
  readonly endpoint?: string
}

/** Google's client, loaded with its first use. It does not repeat calls by itself: the wire does. */
export async function openClient({ project, location, endpoint }: ClientOptions): Promise<BigQuery> {
  const { BigQuery } = await import('@google-cloud/bigquery')
  return new BigQuery({ projectId: project, location, autoRetry: false, ...(await apartFromGoogle(endpoint)) })
}

/** With an address of its own the client would look for credentials in vain, which ends the process (stack §2). */
async function apartFromGoogle(endpoint: string | undefined): Promise<BigQueryOptions> {
  if (endpoint === undefined) return {}
  const apiEndpoint = endpoint.replace(/\/+$/, '')
  if (new URL(endpoint).hostname.endsWith('.googleapis.com')) return { apiEndpoint }
  process.env['METADATA_SERVER_DETECTION'] ??= 'none'
  const { PassThroughClient } = await import('google-auth-library')
  return { apiEndpoint, authClient: new PassThroughClient() as unknown as NonNullable<BigQueryOptions['authClient']> }
}
