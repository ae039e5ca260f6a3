import type { LiveSocket, LiveSocketEvents } from './live-client.ts'

/** A real WebSocket to the live path of the cloud that served this page. */
export function openBrowserSocket(events: LiveSocketEvents): LiveSocket {
  const url = new URL('/api/throughline/v1/live', window.location.href)
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
