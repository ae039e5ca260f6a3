import { queryOptions } from '@tanstack/react-query'
import type { Role } from '../../../src/domain/model.ts'
import type { KnownLabel, MemberRow, PreviewedNode, RoomRule, WholeRoom } from '../../data/settings/space-answers.ts'
import { erasedPath } from '../../data/account/erased-path.ts'
import type { CloudRequest } from '../../link/cloud-request.ts'

const at = (...parts: readonly string[]) => parts.map((part) => `/${encodeURIComponent(part)}`).join('')

/** What only the settings of a space ask the cloud about its people and rooms. */
export const settingsApi = {
  changeSpace: (request: CloudRequest, change: { readonly name?: string; readonly description?: string }) =>
    request.patch('/space', change),
  /** Answers the page on which the erasure is followed. */
  deleteSpace: async (request: CloudRequest, typedName: string) => erasedPath(await request.delete('/space', { name: typedName })),
  leaveSpace: (request: CloudRequest) => request.post('/space/leave'),
  invite: (request: CloudRequest, email: string, role: Role, roomIds: readonly string[]) =>
    request.post('/members', { email, role, roomIds }),
  inviteAgain: (request: CloudRequest, memberId: string) => request.post(`${at('members', memberId)}/invite-again`),
  setRole: (request: CloudRequest, memberId: string, role: Role) => request.patch(at('members', memberId), { role }),
  removeMember: (request: CloudRequest, memberId: string) => request.delete(at('members', memberId)),
  createRoom: async (request: CloudRequest, name: string, description: string) =>
    (await request.post('/rooms', { name, description })) as { roomId: string },
  changeRoom: (request: CloudRequest, roomId: string, change: { readonly name?: string; readonly description?: string }) =>
    request.patch(at('rooms', roomId), change),
  deleteRoom: (request: CloudRequest, roomId: string) => request.delete(at('rooms', roomId)),
  moveMembers: (request: CloudRequest, roomId: string, add: readonly string[], remove: readonly string[]) =>
    request.put(`${at('rooms', roomId)}/members`, { add, remove }),
  moveNodes: (request: CloudRequest, roomId: string, add: readonly string[], remove: readonly string[]) =>
    request.put(`${at('rooms', roomId)}/nodes`, { add, remove }),
  setRules: (request: CloudRequest, roomId: string, rules: readonly RoomRule[]) => request.put(`${at('rooms', roomId)}/rules`, { rules }),
  preview: async (request: CloudRequest, roomId: string, rules: readonly RoomRule[]) =>
    ((await request.post(`${at('rooms', roomId)}/rules/preview`, { rules })) as { nodes: PreviewedNode[] }).nodes,
  joinRoom: (request: CloudRequest, roomId: string) => request.post(`${at('rooms', roomId)}/join`),
  leaveRoom: (request: CloudRequest, roomId: string) => request.post(`${at('rooms', roomId)}/leave`),
}

export const membersQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['members'],
    queryFn: async () => ((await request.get('/members')) as { members: MemberRow[] }).members,
    refetchInterval: 20_000,
  })

export const wholeRoomQuery = (request: CloudRequest, roomId: string) =>
  queryOptions({ queryKey: ['rooms', roomId], queryFn: async () => (await request.get(at('rooms', roomId))) as WholeRoom })

export const labelsQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['labels'],
    queryFn: async () => ((await request.get('/labels')) as { labels: KnownLabel[] }).labels,
    staleTime: 30_000,
  })
