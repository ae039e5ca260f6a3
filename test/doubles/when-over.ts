import { onTestFinished, TestRunner } from 'vitest'

type Undo = () => unknown
const ofSuite: Undo[] = []

/** Undoes something when the test is over that did it; in a hook before all tests, when `endSuite` is called. */
export function whenOver(undo: Undo): void {
  if (TestRunner.getCurrentTest() === undefined) ofSuite.push(undo)
  else onTestFinished(async () => void (await undo()))
}

/** Undoes what hooks before all tests did, the last first: `afterAll(endSuite)`. */
export async function endSuite(): Promise<void> {
  for (const undo of ofSuite.splice(0).reverse()) await undo()
}
