import { expect, it } from 'vitest'
import { connectWays, type ConnectWay } from './connect-commands.ts'

const commands = (ways: readonly ConnectWay[], id: ConnectWay['id']) =>
  ways.find((way) => way.id === id)?.steps.flatMap(({ command }) => (command === undefined ? [] : [command])) ?? []
const wish = { url: 'https://cloud.example', token: 'tok-1', caFingerprint: 'AB:CD' }
const fetchCa = 'curl -fsSk https://cloud.example:443/api/throughline/v1/ca.pem -o ca.pem'
const checkCa = 'openssl x509 -in ca.pem -noout -fingerprint -sha256'

it('[API24] connects our own agent', () => {
  const ways = connectWays(wish)
  expect(commands(ways, 'agent-link')).toEqual([
    fetchCa,
    checkCa,
    'npx throughline claim --url https://cloud.example:443 --token tok-1 --ca ca.pem',
    'npx throughline agent',
  ])
  expect(commands(ways, 'agent-link-netdata')).toEqual([
    fetchCa,
    checkCa,
    'npx throughline claim --url https://cloud.example:443 --token tok-1 --ca ca.pem --source netdata',
    'npx throughline agent --source netdata',
  ])
})

it('[API24] connects stock agents, trusting the CA for claiming and for the link', () => {
  const ways = connectWays({ ...wish, roomIds: ['room-a', 'room-b'] })
  const two = commands(ways, 'netdata-2x').join('\n')
  expect(two).toContain('ca.pem /var/lib/netdata/cloud.d/trusted.pem')
  expect(two).toContain('Environment=SSL_CERT_FILE=/etc/netdata/throughline-ca.pem')
  expect(two).toContain('[global]\n    url = https://cloud.example:443\n    token = tok-1\n    rooms = room-a,room-b\nEND')
  const one = commands(ways, 'netdata-1x')
  expect(one.join('\n')).toContain('ca.pem /var/lib/netdata/cloud.d/cloud_fullchain.pem')
  expect(one.at(-1)).toBe('sudo netdata-claim.sh -token=tok-1 -rooms=room-a,room-b -url=https://cloud.example:443')
  expect(commands(ways, 'container').at(-1)).toContain(
    '-e NETDATA_CLAIM_URL=https://cloud.example:443 -e NETDATA_CLAIM_TOKEN=tok-1 -e NETDATA_CLAIM_ROOMS=room-a,room-b',
  )
})

it('[API24] speaks of no CA where none is needed', () => {
  const text = JSON.stringify(connectWays({ ...wish, isPrivateCa: false }))
  for (const word of ['ca.pem', 'SSL_CERT_FILE', 'trusted.pem', 'cloud_fullchain', 'rooms']) expect(text).not.toContain(word)
  expect(text).toContain('https://cloud.example:443')
})

it('[API105] a cloud that calls itself localhost says in every way how other hosts could reach it', () => {
  const notes = (url: string) => connectWays({ url, token: 'T' }).map(({ note }) => note?.includes('THROUGHLINE_PUBLIC_URL') ?? false)
  expect(notes('https://localhost:8443')).toEqual([true, true, true, true, true])
  expect(notes('https://cloud.example:8443')).toEqual([false, false, false, false, false])
})
