import type { LiveSocket, LiveSocketEvents } from './live-client.ts'

/** A real WebSocket to the live path of the cloud that served this page, for one space; without one for the usual space. */
export function openBrowserSocket(events: LiveSocketEvents, spaceId?: string): LiveSocket {
  const url = new URL('/api/throughline/v1/live', window.location.href)
  if (spaceId !== undefined) url.searchParams.set('space', spaceId)
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:'
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => events.onOpen())
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') events.onText(data)
    else if (data instanceof ArrayBuffer) events.onBytes(new Uint8Array(data))
  })
  socket.addEventListener('close', ({ code }) => events.onClose(code))
  return {
    send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
    close: () => socket.close(),
  }
}
