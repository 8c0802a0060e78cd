/** Projects that all tests of a file look at: made in `beforeAll`, which gives back what removes them. */
import { expect } from "vitest"
import type { OnFinished, TestProject } from "./project.ts"

interface Held {
  readonly project: TestProject
  readonly remove: () => void
}

/** A project that stays until `remove`. */
export const heldProject = (make: (onFinished: OnFinished) => TestProject): Held => {
  let remove = (): void => {}
  const project = make((callback) => {
    remove = callback
  })
  return { project, remove: () => remove() }
}

/** The same after a run. */
export const ranProject = (make: (onFinished: OnFinished) => TestProject): Held => {
  const held = heldProject(make)
  const { code, stderr } = held.project.repro(["run"])
  expect(code, stderr).toBe(0)
  return held
}
