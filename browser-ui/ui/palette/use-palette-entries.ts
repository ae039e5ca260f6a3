import { useQuery } from '@tanstack/react-query'
import { useMemo, useSyncExternalStore } from 'react'
import { useLocation } from 'wouter'
import { profilePlaces } from '../../data/account/profile-places.ts'
import { alertPlacesFor } from '../../data/alerts/alert-places.ts'
import { encodeFragment } from '../../data/charts/page-fragment.ts'
import { roleWords } from '../../data/people/role-words.ts'
import { searchable } from '../../data/shell/fuzzy.ts'
import { keyText } from '../../data/shell/keys.ts'
import type { PaletteEntry, PaletteGroup } from '../../data/shell/palette.ts'
import { sectionsFor } from '../../data/settings/sections.ts'
import { pageAfterRoomChange, placesFor, seesNodes, spacePath } from '../../data/shell/places.ts'
import type { NodeSummary } from '../../link/api.ts'
import { actions, type PageAction } from './actions.ts'
import { useMe } from '../account/me.ts'
import { overlays } from '../overlays/overlays.ts'
import { stateWords } from '../look/parts.tsx'
import { contextsQuery, nodesQuery, roomsQuery } from '../queries.ts'
import { useRoom } from '../spaces/room.ts'
import { useServices } from '../services.ts'
import { useAddressInSpace, useSpace } from '../spaces/space.ts'
import { theme } from '../look/theme.ts'
import { themeChoices } from '../look/theme-choices.tsx'

interface BoardHead {
  readonly boardId: string
  readonly name: string
}

const groupOf: Readonly<Record<PageAction['group'], PaletteGroup>> = {
  'Go to': 'Go to',
  'This page': 'This page',
  Time: 'Time',
  Appearance: 'Appearance',
}

/** Everything the palette can lead to from here. What cannot be read at the moment is simply not in it. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  const { api, request } = useServices()
  const [inside, navigate] = useLocation()
  const { role, spaceId } = useSpace()
  const { roomId } = useRoom()
  const roomPath = useAddressInSpace()
  const enabled = seesNodes(role)
  const nodes = useQuery({ ...nodesQuery(api), enabled }).data
  const rooms = useQuery({ ...roomsQuery(api), enabled }).data
  const contexts = useQuery({ ...contextsQuery(api), enabled }).data
  const spaces = useMe().data?.spaces
  const boardsRoom = roomId ?? rooms?.find(({ isAllNodes }) => isAllNodes)?.roomId
  const boards = useQuery({
    queryKey: ['palette-boards', boardsRoom],
    enabled: boardsRoom !== undefined,
    staleTime: 30_000,
    retry: false,
    queryFn: async () => ((await request.get(`/rooms/${encodeURIComponent(boardsRoom ?? '')}/boards`)) as { boards: BoardHead[] }).boards,
  }).data
  const offered = useSyncExternalStore(actions.subscribe, actions.list)

  const go = useMemo(() => (to: string) => () => navigate(to), [navigate])
  const here = useMemo((): readonly PaletteEntry[] => offered.map(ofAction), [offered])
  const fixed = useMemo(
    (): readonly PaletteEntry[] => [
      ...placesFor(role).map(({ id, href, title }) => ({
        id: `page:${id}`,
        group: 'Go to' as const,
        ...searchable(title, 'page go open'),
        run: go(roomPath(roomId, href)),
      })),
      // The section's first part is its page above.
      ...alertPlacesFor(role)
        .filter(({ href }) => href !== '/alerts')
        .map(({ id, href, title, keywords }) => ({
          id: `alerts:${id}`,
          group: 'Go to' as const,
          ...searchable(`Alerts: ${title}`, keywords),
          run: go(roomPath(roomId, href)),
        })),
      ...sectionsFor(role).map(({ id, href, title, keywords }) => ({
        id: `settings:${id}`,
        group: 'Go to' as const,
        ...searchable(`Settings: ${title}`, `space settings ${keywords}`),
        run: go(roomPath(undefined, href)),
      })),
      {
        id: 'new-space',
        group: 'Spaces' as const,
        ...searchable('New space', 'create make team tenant'),
        run: () => overlays.open('new-space'),
      },
      ...profilePlaces.map(({ id, href, title, words }) => ({
        id: `profile:${id}`,
        group: 'Go to' as const,
        ...searchable(title, `profile account ${words}`),
        run: go(`~${href}`),
      })),
      ...themeChoices.map(({ value, label }) => ({
        id: `theme:${value}`,
        group: 'Appearance' as const,
        ...searchable(`Theme: ${label}`, 'dark light system colour color appearance'),
        run: () => theme.choose(value),
      })),
    ],
    [go, roomId, role, roomPath],
  )
  const ofSpaces = useMemo(
    (): readonly PaletteEntry[] =>
      (spaces ?? [])
        .filter((space) => space.spaceId !== spaceId)
        .map((space) => ({
          id: `space:${space.spaceId}`,
          group: 'Spaces',
          ...searchable(space.name, 'space switch'),
          detail: roleWords[space.role].title,
          run: go(`~${spacePath(space.spaceId)}`),
        })),
    [spaces, spaceId, go],
  )
  const ofRooms = useMemo(
    (): readonly PaletteEntry[] =>
      (rooms ?? []).map((room) => ({
        id: `room:${room.roomId}`,
        group: 'Rooms',
        ...searchable(room.name, 'room'),
        detail: `${room.nodes} ${room.nodes === 1 ? 'node' : 'nodes'}`,
        run: go(roomPath(room.isAllNodes ? undefined : room.roomId, pageAfterRoomChange(inside))),
      })),
    [rooms, go, inside, roomPath],
  )
  const ofNodes = useMemo(
    (): readonly PaletteEntry[] =>
      (nodes ?? []).map((node) => ({
        id: `node:${node.nodeId}`,
        group: 'Nodes',
        ...searchable(
          node.hostname,
          [node.os, node.osVersion, node.agentVersion, stateWords[node.state], ...Object.values(node.labels ?? {})].join(' ').slice(0, 400),
        ),
        detail: stateWords[node.state],
        run: go(roomPath(isInRoom(node, roomId) ? roomId : undefined, `/nodes/${node.nodeId}`)),
      })),
    [nodes, go, roomId, roomPath],
  )
  const ofFunctions = useMemo(
    (): readonly PaletteEntry[] =>
      (nodes ?? [])
        .filter(({ hasFunctions }) => hasFunctions === true)
        .map((node) => ({
          id: `functions:${node.nodeId}`,
          group: 'Functions',
          ...searchable(`Live functions of ${node.hostname}`, 'processes mounts connections units logs journal'),
          run: go(`${roomPath(isInRoom(node, roomId) ? roomId : undefined, '/functions')}?node=${node.nodeId}`),
        })),
    [nodes, go, roomId, roomPath],
  )
  const ofContexts = useMemo(
    (): readonly PaletteEntry[] =>
      (contexts?.contexts ?? []).map((context) => ({
        id: `context:${context.id}`,
        group: 'Metrics',
        ...searchable(context.id, `${context.title} ${context.family}`),
        detail: context.title,
        run: go(
          `${roomPath(roomId, '/metrics')}#${encodeFragment({ section: undefined, cards: new Map(), open: context.id, panel: undefined })}`,
        ),
      })),
    [contexts, go, roomId, roomPath],
  )
  const ofBoards = useMemo(
    (): readonly PaletteEntry[] =>
      (boards ?? []).map((board) => ({
        id: `board:${board.boardId}`,
        group: 'Boards',
        ...searchable(board.name, 'board'),
        run: go(roomPath(roomId, `/boards/${board.boardId}`)),
      })),
    [boards, go, roomId, roomPath],
  )
  return useMemo(
    () => [...here, ...fixed, ...ofSpaces, ...ofRooms, ...ofNodes, ...ofBoards, ...ofFunctions, ...ofContexts],
    [here, fixed, ofSpaces, ofRooms, ofNodes, ofBoards, ofFunctions, ofContexts],
  )
}

const isInRoom = ({ roomIds }: NodeSummary, roomId: string | undefined) => roomId !== undefined && roomIds?.includes(roomId) === true

function ofAction(action: PageAction): PaletteEntry {
  return {
    id: `action:${action.id}`,
    group: groupOf[action.group],
    ...searchable(action.title, action.keywords),
    ...(action.key === undefined ? {} : { key: keyText(action.key) }),
    run: () => action.run(),
  }
}
