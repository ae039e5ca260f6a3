import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { createNetdataHttp, netdataUrl, type NetdataHttp } from '../sources/netdata/http.ts'
import { asRecord, text } from '../sources/netdata/read-info.ts'
import { good, mend, type Finding } from './finding.ts'

/**
 * The Netdata agent on this host: whether it answers, which version it is, whether it can speak to a cloud itself, and to which it
 * does (agent-api §4.1, §4.2). `isBehindAgentLink`: it is only asked for its data, so that it needs no cloud support of its own.
 */
export async function checkLocalNetdata(url: string, isBehindAgentLink: boolean): Promise<readonly Finding[]> {
  const check = 'netdata'
  let http: NetdataHttp | undefined
  try {
    http = createNetdataHttp(netdataUrl(url))
    const info = asRecord(await readJson(http, '/api/v1/info'))
    const version = text(info['version'])
    if (version === '') return [mend(check, `what answers at ${url} is not a Netdata agent; give its address with --netdata-url.`)]
    const found = good(check, `version ${version} answers at ${url}.`)
    return [found, await cloudSupport(http, info, isBehindAgentLink)]
  } catch (thrown) {
    return [mend(check, thrown instanceof ThroughlineError ? thrown.message : `what answers at ${url} is not a Netdata agent.`)]
  } finally {
    http?.close()
  }
}

async function cloudSupport(http: NetdataHttp, info: Readonly<Record<string, unknown>>, isBehindAgentLink: boolean): Promise<Finding> {
  const check = 'cloud support'
  const isBuiltWith = info['cloud-available'] !== false
  if (!isBuiltWith) {
    const words = 'this Netdata was built without cloud support (as the packages of Debian are)'
    return isBehindAgentLink
      ? good(check, `${words}; agent-link speaks for it.`)
      : mend(check, `${words}; run agent-link beside it: npx throughline claim --source netdata.`)
  }
  if (info['cloud-enabled'] === false && !isBehindAgentLink)
    return mend(check, 'cloud support is switched off; set "enabled = yes" in cloud.d/cloud.conf and restart Netdata.')
  const cloud = await cloudStatus(http)
  if (cloud.status === 'banned')
    return mend(
      check,
      'Netdata says it is banned: its node was removed, or its claim is not known; remove its folder cloud.d, claim it again and restart it.',
    )
  if (info['agent-claimed'] === true || cloud.status === 'online' || cloud.status === 'offline') {
    const where = cloud.url === '' ? 'a cloud' : cloud.url
    const isUp = info['aclk-available'] === true || cloud.status === 'online'
    if (isUp) return good(check, `it is claimed at ${where} and its link is open.`)
    return isBehindAgentLink
      ? good(check, `it is claimed at ${where} and has no link there; agent-link speaks for it here.`)
      : mend(
          check,
          `it is claimed at ${where} and has no link; to claim it here, stop it, remove its folder cloud.d, claim it and start it.`,
        )
  }
  return good(check, 'it has cloud support and is not claimed yet.')
}

/** What agents from 1.99 on say of their link; older ones say nothing. */
async function cloudStatus(http: NetdataHttp): Promise<{ status: string; url: string }> {
  try {
    const document = asRecord(await readJson(http, '/api/v2/info'))
    const [agent] = Array.isArray(document['agents']) ? (document['agents'] as unknown[]) : []
    const cloud = asRecord(asRecord(agent)['cloud'])
    return { status: text(cloud['status']), url: text(cloud['url']) }
  } catch {
    return { status: '', url: '' }
  }
}

async function readJson(http: NetdataHttp, path: string): Promise<unknown> {
  const answer = await http.get(path, { acceptsGzip: false })
  if (answer.status !== 200) throw new ThroughlineError('SOURCE_UNAVAILABLE', `Netdata answers ${path} with status ${answer.status}.`)
  return JSON.parse(answer.body.toString('utf8')) as unknown
}
