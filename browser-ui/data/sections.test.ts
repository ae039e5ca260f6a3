import { expect, it } from 'vitest'
import { arrangeSections, sectionTitleOf } from './sections.ts'

const context = (id: string, family: string, priority: number) => ({ id, family, priority, title: id, units: '', chartType: 'line' })

it('[UI17] puts the sections people look for first, others by priority, the agent itself last and folded', () => {
  const sections = arrangeSections([
    context('netdata.uptime', 'netdata', 1),
    context('nginx.requests', 'requests', 60_000),
    context('mysql.queries', 'queries', 50_000),
    context('system.processes', 'processes', 600),
    context('net.net', 'eth0', 7000),
    context('disk.io', 'sda', 2000),
    context('system.ram', 'ram', 200),
    context('system.load', 'load', 100),
    context('system.cpu', 'cpu', 100),
    context('system.uptime', 'uptime', 1000),
  ])
  expect(sections.map(({ title, isFolded }) => [title, isFolded])).toEqual([
    ['CPU', false],
    ['Load', false],
    ['Memory', false],
    ['Disks', false],
    ['Network', false],
    ['Processes', false],
    ['System', false],
    ['Mysql', false],
    ['Nginx', false],
    ['Agent itself', true],
  ])
  expect(sections.at(-1)?.id).toBe('agent-itself')
})

it('[UI18] orders the charts of a section by priority, then by name', () => {
  const [section] = arrangeSections([
    context('cpu.cpu', 'utilization', 1001),
    context('cpu.b', 'x', 500),
    context('system.cpu', 'cpu', 100),
    context('cpu.a', 'x', 500),
  ])
  expect(section?.contexts.map(({ id }) => id)).toEqual(['system.cpu', 'cpu.a', 'cpu.b', 'cpu.cpu'])
})

it.each([
  ['system.io', 'disk', 'Disks'],
  ['system.io_some_pressure', 'disk', 'Disks'],
  ['system.intr', 'interrupts', 'System'],
  ['ipv6.packets', 'packets', 'Network'],
  ['web_log.hits', 'hits', 'Web log'],
])('[UI17] finds the section of %s (%s): %s', (id, family, title) => {
  expect(sectionTitleOf({ id, family })).toBe(title)
})

it('[UI130] a context named like a member of every object is a context like any other', () => {
  const context = (id: string) => ({ id, title: '', units: '', family: id, priority: 1, chartType: 'line' })
  const titles = arrangeSections(['constructor', '__proto__', 'toString', 'system.constructor'].map(context)).map(({ title }) => title)
  expect(titles.toSorted()).toEqual(['Constructor', 'Proto', 'System', 'ToString'])
})
