/** A lineage as plain data for programs: every step on its own, nothing folded. `docs/provenance.md` describes it. */
import type { StoreRecord } from "../store/record.ts"
import { isOnTrust } from "../store/trust.ts"
import type { Lineage, Step } from "./lineage.ts"

/** The form of the document; raised when its meaning changes. */
const LINEAGE_FORMAT = 1

/** The document; steps come after those that they read from. */
export const lineageJson = ({ roots, steps }: Lineage, output: string | undefined): object => ({
  format: LINEAGE_FORMAT,
  asked: roots.map(({ key, node }) => ({ key, node, ...(output === undefined ? {} : { output }) })),
  steps: [...steps.values()].map(stepJson),
})

const stepJson = ({ record, inputs }: Step): object => ({
  key: record.key,
  pipeline: record.pipeline,
  profile: record.profile,
  node: record.node,
  stage: record.stage,
  labels: record.labels,
  params: record.params,
  inputs: inputs.map(({ name, input, from }) => ({ name, ...input, step: from?.key ?? null })),
  code: record.code,
  environment: record.environment,
  outputs: outputsJson(record),
  run: record.run,
  onTrust: isOnTrust(record),
  ...(record.pulled === undefined ? {} : { pulled: record.pulled }),
})

const outputsJson = ({ outputs }: StoreRecord): object =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { files, ...artifact }]) => [
      name,
      { ...artifact, files: files.map(({ path, digest, bytes }) => ({ path, digest, bytes })) },
    ]),
  )
