import { createSocket } from 'node:dgram'
import { AUTHORITATIVE_ANSWER, decode, encode } from 'dns-packet'
import { onTestFinished } from 'vitest'

/** A DNS server on loopback that answers TXT questions from a map a test may change; what is not in it does not exist. */
export async function startDnsServer() {
  const texts = new Map<string, readonly string[]>()
  const asked: string[] = []
  let isSilent = false
  const socket = createSocket('udp4')
  socket.on('message', (bytes, from) => {
    const { id, questions } = decode(bytes)
    const name = questions[0]?.name ?? ''
    asked.push(name)
    if (isSilent) return
    const data = texts.get(name.toLowerCase())
    const answers = data === undefined ? [] : [{ name, type: 'TXT', ttl: 1, data }]
    const notThere = data === undefined ? 3 : 0
    socket.send(encode({ type: 'response', id, flags: AUTHORITATIVE_ANSWER | notThere, questions, answers }), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return { server: `127.0.0.1:${socket.address().port}`, texts, asked, silence: (on: boolean) => void (isSilent = on) }
}
