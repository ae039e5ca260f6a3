/**
 * What a request of an existing client proves itself with: `Authorization`, or the header that browsers' charts send in its place
 * (cloud-api §1.1). A browser sends neither on its own.
 */
export function proofHeader(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string | undefined {
  const { authorization, 'x-netdata-auth': instead } = headers
  if (typeof authorization === 'string') return authorization
  return typeof instead === 'string' ? instead : undefined
}
