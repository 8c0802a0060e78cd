/**
 * The way from results to the bytes that they began with, as the records tell it: each step is a record with the steps
 * that gave its inputs. A step without inputs is a source.
 */
import { refuseCycles } from "../store/cycles.ts"
import type { InputRecord, StoreRecord } from "../store/record.ts"
import type { Records } from "./find-records.ts"

/** One input of a step and the record that gave it; `from` is undefined where that record is gone. */
export interface StepInput {
  readonly name: string
  readonly input: InputRecord
  readonly from: StoreRecord | undefined
}

/** One piece of work on the way. */
export interface Step {
  readonly record: StoreRecord
  readonly inputs: ReadonlyArray<StepInput>
}

export interface Lineage {
  readonly roots: ReadonlyArray<StoreRecord>
  /** By key, each step after those that it reads from. */
  readonly steps: ReadonlyMap<string, Step>
}

/** Which inputs of a step are followed; all of them unless said otherwise. */
export type Follow = (step: StoreRecord, input: InputRecord) => boolean

/** All steps that led to some records. Records that lead to themselves are an error that names them. */
export const lineageOf = (
  records: Records,
  roots: ReadonlyArray<StoreRecord>,
  follow: Follow = () => true,
): Lineage => {
  const steps = new Map<string, Step>()
  const path: Array<{ readonly step: Step; next: number }> = []
  const open = new Set<string>()
  const enter = (record: StoreRecord): void => {
    if (steps.has(record.key)) return
    if (open.has(record.key)) {
      // Bytes that several records gave may look like a cycle and be none.
      refuseCycles(path.map(({ step }) => step.record))
      return
    }
    open.add(record.key)
    path.push({ step: { record, inputs: inputsOf(records, record, follow) }, next: 0 })
  }
  for (const root of roots) {
    enter(root)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const input = top.step.inputs[top.next++]
      if (input === undefined) {
        path.pop()
        open.delete(top.step.record.key)
        steps.set(top.step.record.key, top.step)
      } else if (input.from !== undefined) enter(input.from)
    }
  }
  return { roots, steps }
}

const inputsOf = (records: Records, record: StoreRecord, follow: Follow): ReadonlyArray<StepInput> =>
  Object.entries(record.inputs).flatMap(([name, inputs]) =>
    inputs
      .filter((input) => follow(record, input))
      .map((input) => ({ name, input, from: records.producer(record, input) })),
  )
