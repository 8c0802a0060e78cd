/** Lineages that are longer than a call stack is deep. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { Records } from "../../../kit/provenance/find-records.ts"
import { fold } from "../../../kit/provenance/fold.ts"
import { lineageOf } from "../../../kit/provenance/lineage.ts"
import { prepareStore, recordPath } from "../../../kit/store/layout.ts"
import { readRecord, type StoreRecord } from "../../../kit/store/record.ts"
import { temporaryFolder } from "../support/project.ts"

const LENGTH = 6_000

const hex = (number: number): string => number.toString(16).padStart(64, "0")

const record = (index: number): StoreRecord => ({
  format: 1,
  key: hex(index),
  pipeline: "chain",
  profile: "long",
  node: `step/n=${index}`,
  stage: "step",
  labels: { n: index },
  params: {},
  inputs: index === 0 ? {} : { before: [{ digest: hex(index - 1), node: `step/n=${index - 1}`, output: "value" }] },
  code: { digest: hex(1), declarations: {} },
  environment: {},
  outputs: { value: { type: "values", format: "json", extension: ".json", digest: hex(index), bytes: 1, files: [] } },
  run: {
    started: "2026-01-01T00:00:00.000Z",
    milliseconds: 1,
    attempt: 1,
    machine: {},
    versions: {},
    metrics: {},
    log: "",
  },
})

it(`follows a chain of ${LENGTH} records, without heads to lead the way`, () => {
  const store = { root: `${temporaryFolder()}/store` }
  prepareStore(store)
  for (let index = 0; index < LENGTH; index++)
    fs.writeFileSync(recordPath(store, hex(index)), JSON.stringify(record(index)))
  const last = readRecord(store, hex(LENGTH - 1)) as StoreRecord
  const lineage = lineageOf(new Records(store), [last])
  expect([...lineage.steps.keys()]).toEqual(Array.from({ length: LENGTH }, (_, index) => hex(index)))
  expect(fold(lineage)).toHaveLength(1)
})
