// One client that does what it can to be in everybody's way, from one address. A process of its own, so that it is not measured.

import { setPriority } from 'node:os'
import { Agent, request } from 'node:https'
import { connect } from 'node:tls'

/** `requests`: as many as go through open connections; `connections`: new ones without end. */
export type NoiseKind = 'requests' | 'connections'

const at = new URL(process.env['NOISE_URL'] ?? '')
const tls = { host: at.hostname, port: Number(at.port), ca: process.env['NOISE_CA'], localAddress: process.env['NOISE_ADDRESS'] }
const cookie = process.env['NOISE_COOKIE'] ?? ''
const sockets = 100

// What it costs the machine to be loud is not what the server does to others.
setPriority(19)
if (process.env['NOISE_KIND'] === 'connections') for (let n = 0; n < sockets; n++) connectOnAndOn()
else {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  for (let n = 0; n < sockets; n++) askOnAndOn(agent)
}
process.on('disconnect', () => process.exit(0))
process.send?.({ is: 'loud' })

function askOnAndOn(agent: Agent): void {
  let isOver = false
  const again = () => {
    if (isOver) return
    isOver = true
    setImmediate(() => askOnAndOn(agent))
  }
  const asked = request({ ...tls, agent, path: '/api/throughline/v1/nodes', headers: { cookie } }, (answer) => {
    answer.resume()
    answer.on('close', again)
  })
  asked.on('error', () => setTimeout(again, 10))
  asked.end()
}

function connectOnAndOn(): void {
  const socket = connect(tls, () => socket.destroy())
  socket.on('error', () => {})
  socket.on('close', () => setTimeout(connectOnAndOn, 1))
}
