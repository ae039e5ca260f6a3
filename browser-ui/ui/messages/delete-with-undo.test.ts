import { beforeEach, expect, it } from 'vitest'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { deleteWithUndo } from './delete-with-undo.ts'
import { toasts } from './toasts.ts'

const texts = () => toasts.list().map(({ tone, text, action }) => [tone, text, action?.label])
const press = (label: string) => {
  const toast = toasts.list().find(({ action }) => action?.label === label)
  toasts.dismiss(toast?.id ?? 0)
  toast?.action?.run()
}
/** Lets everything that waits for settled promises run. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

beforeEach(() => {
  for (const { id } of toasts.list()) toasts.dismiss(id)
})

/** A thing in a list on screen and at the cloud, either of which may refuse. */
function lab(refuses: { remove?: boolean; restore?: boolean } = {}) {
  const state = { onScreen: true, atCloud: true, refuses }
  const refuse = () => Promise.reject(new ThroughlineError('STORE_UNAVAILABLE', 'The store does not answer.'))
  const run = () =>
    deleteWithUndo({
      text: 'Board “Disks” is deleted.',
      remove: () => {
        if (state.refuses.remove === true) return refuse()
        state.atCloud = false
        return Promise.resolve()
      },
      restore: () => {
        if (state.refuses.restore === true) return refuse()
        state.atCloud = true
        return Promise.resolve()
      },
      hide: () => {
        state.onScreen = false
        return () => (state.onScreen = true)
      },
    })
  return { state, run }
}

it('[EV16] takes it off the screen before the cloud answers, and brings it back by undo', async () => {
  const { state, run } = lab()
  const running = run()
  expect(state.onScreen).toBe(false)
  expect(texts()).toEqual([['info', 'Board “Disks” is deleted.', 'Undo']])
  await running
  expect(state.atCloud).toBe(false)
  press('Undo')
  expect(state.onScreen).toBe(true)
  await settled()
  expect(state).toMatchObject({ onScreen: true, atCloud: true })
  expect(texts()).toEqual([['good', 'It is back.', undefined]])
})

it('[EV16] an undo before the cloud answered waits for it', async () => {
  const { state, run } = lab()
  const running = run()
  press('Undo')
  await running
  await settled()
  expect(state).toMatchObject({ onScreen: true, atCloud: true })
})

it('[EV16] a refused deletion is on the screen again, with the reason and a way to try again', async () => {
  const { state, run } = lab({ remove: true })
  await run()
  expect(state).toMatchObject({ onScreen: true, atCloud: true })
  expect(texts()).toEqual([['error', 'It is not deleted. The store does not answer.', 'Try again']])
  state.refuses = {}
  press('Try again')
  await settled()
  expect(state).toMatchObject({ onScreen: false, atCloud: false })
})

it('[EV16] a refused undo says that it is still deleted, and can be tried again', async () => {
  const { state, run } = lab({ restore: true })
  await run()
  press('Undo')
  await settled()
  expect(state).toMatchObject({ onScreen: false, atCloud: false })
  expect(texts()).toEqual([['error', 'It is still deleted. The store does not answer.', 'Try again']])
  state.refuses = {}
  press('Try again')
  await settled()
  expect(state).toMatchObject({ onScreen: true, atCloud: true })
})
