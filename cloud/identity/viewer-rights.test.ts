import { expect, it } from 'vitest'
import { createIdentityBench, memberIdOf, nodeId, spaceId } from '../../test/doubles/benches/identity-bench.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import type { ViewerRights } from '../relay/ports.ts'
import { identityLimits } from './limits.ts'

const origin = 'https://localhost:8443'
const remoteAddress = '127.0.0.1'

async function bench() {
  const made = await createIdentityBench()
  // The assignment is the proof that identity fits the relay's port without importing it.
  const rights: ViewerRights = made.identity.viewerRights
  const tokens = await made.signIn()
  const cookie = made.cookieOf(tokens)
  return { ...made, rights, tokens, cookie, viewer: await rights.authenticate({ cookie, origin, remoteAddress }) }
}

it('[ID19] accepts exactly the public origin with a session', async () => {
  const { viewer, owner } = await bench()
  expect(viewer).toMatchObject({ personId: owner.personId, spaceId, role: 'admin' })
})

it('[ID19] refuses other origins and other proofs', async () => {
  const { rights, cookie, identity, owner } = await bench()
  for (const wrong of [
    undefined,
    '',
    'null',
    'https://localhost',
    'http://localhost:8443',
    'https://localhost:8443.evil.example',
    'https://LOCALHOST:8443',
  ]) {
    await expect(rights.authenticate({ cookie, origin: wrong, remoteAddress })).rejects.toEqual(
      expect.objectContaining({ code: 'ORIGIN_REFUSED' }),
    )
  }
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:all' })
  for (const wrong of [undefined, '', '__Host-throughline=', `__Host-throughline=${token}`]) {
    await expect(rights.authenticate({ cookie: wrong, origin, remoteAddress })).rejects.toEqual(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    )
  }
})

it('[ID20] shows nodes of the own space only', async () => {
  const { rights, viewer } = await bench()
  expect(await rights.mayView(viewer, nodeId)).toBe(true)
  expect(await rights.mayView(viewer, '33333333-3333-4333-8333-333333333333' as NodeId)).toBe(false)
})

it('[ID20] takes the view away with the role, within five seconds', async () => {
  const { rights, viewer, roles, owner, clock } = await bench()
  expect(await rights.mayView(viewer, nodeId)).toBe(true)
  roles.set(owner.personId, 'billing')
  clock.advance(identityLimits.rightsCacheMs)
  expect(await rights.mayView(viewer, nodeId)).toBe(false)
})

it('[ID20] takes the view away with the sign-in', async () => {
  const { rights, viewer, identity, cookie } = await bench()
  expect(await rights.mayView(viewer, nodeId)).toBe(true)
  await identity.signOut(cookie)
  expect(await rights.mayView(viewer, nodeId)).toBe(false)
  expect(await rights.renewed(viewer)).toBeUndefined()
})

it('[ID21] renews to the newest access expiry', async () => {
  const { rights, viewer, identity, cookie, clock } = await bench()
  clock.advance(600_000)
  expect(await rights.renewed(viewer)).toEqual(viewer)
  await identity.refresh(cookie)
  expect(await rights.renewed(viewer)).toEqual({ ...viewer, expiresAtMs: clock.nowMs() + identityLimits.accessTokenMs })
})

it('[ID21] does not renew what ran out thirty seconds ago', async () => {
  const { rights, viewer, clock } = await bench()
  clock.advance(identityLimits.accessTokenMs + identityLimits.clockToleranceMs - 1)
  expect(await rights.renewed(viewer)).toEqual(viewer)
  clock.advance(1)
  expect(await rights.renewed(viewer)).toBeUndefined()
})

it('[ID102] tells what agents let a viewer do by the role of now, and nothing for a role that may not look', async () => {
  const { rights, viewer, roles, owner, clock } = await bench()
  expect(await rights.agentRights(viewer)).toEqual({ role: 'admin', permissions: 0x7ff })
  roles.set(owner.personId, 'observer')
  clock.advance(identityLimits.rightsCacheMs)
  expect(await rights.agentRights(viewer)).toEqual({ role: 'observer', permissions: 0x00b })
  roles.set(owner.personId, 'billing')
  clock.advance(identityLimits.rightsCacheMs)
  expect(await rights.agentRights(viewer)).toBeUndefined()
  roles.delete(owner.personId)
  clock.advance(identityLimits.rightsCacheMs)
  expect(await rights.agentRights(viewer)).toBeUndefined()
})

it('[API104] takes the view away with the node, at the next look once its removal is known here', async () => {
  const nodes = new Set([nodeId])
  const { identity, signIn, cookieOf } = await createIdentityBench({
    nodes: { get: async (_space, node) => (nodes.has(node) ? { roomIds: [], info: undefined } : undefined) },
  })
  const rights: ViewerRights = identity.viewerRights
  const viewer = await rights.authenticate({ cookie: cookieOf(await signIn()), origin, remoteAddress })
  expect(await rights.mayView(viewer, nodeId)).toBe(true)
  nodes.delete(nodeId)
  identity.forget.forgetNode(spaceId, nodeId)
  expect(await rights.mayView(viewer, nodeId)).toBe(false)
})

it('[LD6] a reader over HTTP proves who they are by a token or a session, never by both; a token of nobody is refused', async () => {
  const { rights, cookie, identity, owner } = await bench()
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:all' })
  const admin = {
    personId: owner.personId,
    memberId: memberIdOf(owner.personId),
    spaceId,
    role: 'admin',
    permissions: 0x7ff,
    seesAllNodes: true,
  }
  expect(await rights.admitReader({ authorization: `Bearer ${token}`, cookie: undefined })).toEqual({ ...admin, via: 'api-token' })
  expect(await rights.admitReader({ authorization: undefined, cookie })).toEqual({ ...admin, via: 'cookie' })
  for (const authorization of ['Bearer', 'Bearer x', `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token} ${token}`, '']) {
    await expect(rights.admitReader({ authorization, cookie })).rejects.toEqual(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
  }
  await expect(rights.admitReader({ authorization: undefined, cookie: undefined })).rejects.toEqual(
    expect.objectContaining({ code: 'UNAUTHENTICATED' }),
  )
})

it('[LD6] a token that expired, or whose person lost the role, reads nothing', async () => {
  const { rights, identity, owner, roles, clock } = await bench()
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:all', validForMs: 60_000 })
  const proof = { authorization: `Bearer ${token}`, cookie: undefined }
  roles.set(owner.personId, 'billing')
  clock.advance(identityLimits.rightsCacheMs)
  await expect(rights.admitReader(proof)).rejects.toEqual(expect.objectContaining({ code: 'FORBIDDEN' }))
  roles.delete(owner.personId)
  clock.advance(identityLimits.rightsCacheMs)
  await expect(rights.admitReader(proof)).rejects.toEqual(expect.objectContaining({ code: 'NOT_FOUND' }))
  roles.set(owner.personId, 'observer')
  clock.advance(identityLimits.rightsCacheMs)
  expect(await rights.admitReader(proof)).toMatchObject({ role: 'observer', permissions: 0x0b })
  clock.advance(60_000)
  await expect(rights.admitReader(proof)).rejects.toEqual(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
})

it('[LD5] a reader may read nodes of the own space only', async () => {
  const { rights, cookie } = await bench()
  const reader = await rights.admitReader({ authorization: undefined, cookie })
  expect(await rights.mayRead(reader, nodeId)).toBe(true)
  expect(await rights.mayRead(reader, '33333333-3333-4333-8333-333333333333' as NodeId)).toBe(false)
})

it('[CR26] a reader brings no more to an agent than their token reaches for', async () => {
  const { rights, identity, owner } = await bench()
  const permissionsOf = async (scope: 'scope:all' | 'scope:read-only' | 'scope:mcp' | 'scope:grafana-plugin') => {
    const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope })
    return (await rights.admitReader({ authorization: `Bearer ${token}`, cookie: undefined })).permissions.toString(16)
  }
  expect(await permissionsOf('scope:all')).toBe('7ff')
  expect(await permissionsOf('scope:mcp')).toBe('23b')
  expect(await permissionsOf('scope:read-only')).toBe('22b')
  expect(await permissionsOf('scope:grafana-plugin')).toBe('b')
})

it('[CR26] what a reader wants to do is asked for by its row of the table', async () => {
  const { rights, identity, owner } = await bench()
  const { token } = await identity.apiTokens.create({ spaceId, personId: owner.personId, scope: 'scope:grafana-plugin' })
  const proof = { authorization: `Bearer ${token}`, cookie: undefined }
  await expect(rights.admitReader(proof, spaceId, 'alerts.view')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(rights.admitReader(proof, spaceId, 'functions.read')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(rights.admitNodeReader(proof, nodeId, 'agents.token')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(await rights.admitNodeReader(proof, nodeId, 'data.read')).toMatchObject({ spaceId })
  await expect(rights.admitNodeReader(proof, '33333333-3333-4333-8333-333333333333' as NodeId, 'data.read')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
