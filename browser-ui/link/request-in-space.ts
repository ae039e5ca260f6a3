import type { CloudRequest } from './cloud-request.ts'

/** The same requests, asked in one space: `/nodes` becomes `/spaces/<id>/nodes`. What needs no session goes as it is. */
export function requestInSpace(request: CloudRequest, spaceId: string): CloudRequest {
  const at = (path: string) => `/spaces/${encodeURIComponent(spaceId)}${path}`
  return {
    get: (path) => request.get(at(path)),
    post: (path, body) => request.post(at(path), body),
    put: (path, body) => request.put(at(path), body),
    patch: (path, body) => request.patch(at(path), body),
    delete: (path, body) => request.delete(at(path), body),
    postAsStranger: (path, body) => request.postAsStranger(path, body),
    renewSession: () => request.renewSession(),
  }
}
