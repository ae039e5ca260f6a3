import type { ReactNode } from 'react'
import type { Place } from '../../data/shell/places.ts'
import { icons } from './icons.tsx'

/** The icon of each page. */
export const placeIcons: Readonly<Record<Place['id'], ReactNode>> = {
  home: icons.home,
  nodes: icons.server,
  metrics: icons.chart,
  functions: icons.bolt,
  boards: icons.board,
  alerts: icons.bell,
  connect: icons.plug,
}
