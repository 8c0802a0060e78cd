/**
 * Compares two results of the same work: equal byte for byte, equal within the tolerance that the artifact's type declares,
 * or different, and then where and by how much. There is no other comparison of results.
 */
import * as fs from "node:fs"
import { type AnyArtifactType, type Bound, toleranceOf } from "../artifact.ts"
import type { Node } from "../node.ts"
import { objectPath, type StoreLayout } from "../store/layout.ts"
import type { StoredArtifact, StoredFile, StoreRecord } from "../store/record.ts"
import { type Difference, Differences, type Verdict } from "./differences.ts"
import { compareJson, compareJsonLines } from "./json.ts"
import { compareSafetensors } from "./safetensors.ts"

/** A result and the store that holds its bytes. */
export interface Result {
  readonly store: StoreLayout
  readonly record: Pick<StoreRecord, "outputs">
}

export interface OutputComparison {
  readonly output: string
  readonly verdict: Verdict
  /** How many values differ. */
  readonly count: number
  readonly largest: Difference | undefined
}

/** Compares the outputs of a node, in the order in which the stage declares them. */
export const compareResults = async (
  node: Node,
  old: Result,
  now: Result,
): Promise<ReadonlyArray<OutputComparison>> => {
  const comparisons: Array<OutputComparison> = []
  for (const [output, type] of Object.entries(node.stage.outputs)) {
    const [before, after] = [old.record.outputs[output], now.record.outputs[output]]
    const found = new Differences(
      toleranceOf(type),
      type.format === "jsonl" || type.format === "json" ? "path" : "text",
    )
    if (before === undefined || after === undefined) {
      found.other({ file: "", place: "whether it is there", old: before !== undefined, now: after !== undefined })
    } else if (before.digest !== after.digest) {
      await compareArtifacts(type, { store: old.store, artifact: before }, { store: now.store, artifact: after }, found)
    }
    comparisons.push({ output, verdict: found.verdict, count: found.count, largest: shown(type, found.largest) })
  }
  return comparisons
}

/** A type that withholds a column from views withholds its texts here too. */
const shown = (type: AnyArtifactType, difference: Difference | undefined): Difference | undefined =>
  type.sensitive === undefined || difference === undefined || difference.apart !== undefined
    ? difference
    : { ...difference, old: "[withheld]", now: "[withheld]" }

interface Side {
  readonly store: StoreLayout
  readonly artifact: StoredArtifact
}

const compareArtifacts = async (type: AnyArtifactType, old: Side, now: Side, found: Differences): Promise<void> => {
  if (type.format !== "folder") {
    const kind = type.format === "file" ? kindOf(type.extension) : type.format
    const [left, right] = [old, now].map(({ store, artifact }) => objectPath(store, artifact.digest)) as [
      string,
      string,
    ]
    return compareFiles(kind, left, right, "", found, (path) => found.boundOf(path))
  }
  const [before, after] = [byPath(old.artifact), byPath(now.artifact)]
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(path), after.get(path)]
    if (a === undefined || b === undefined) {
      found.other({ file: path, place: "whether it is there", old: a !== undefined, now: b !== undefined })
    } else if (a.digest !== b.digest) {
      const [left, right] = [objectPath(old.store, a.digest), objectPath(now.store, b.digest)]
      await compareFiles(kindOf(path), left, right, path, found, () => found.boundOf(path))
    }
  }
}

const byPath = ({ files }: StoredArtifact): ReadonlyMap<string, StoredFile> =>
  new Map(files.map((file) => [file.path, file]))

type Kind = "jsonl" | "json" | "safetensors" | "parquet" | "bytes"

const kindOf = (name: string): Kind => {
  const kind = /\.(jsonl|json|safetensors|parquet)$/u.exec(name)?.[1]
  return kind === undefined ? "bytes" : (kind as Kind)
}

const compareFiles = async (
  kind: Kind,
  old: string,
  now: string,
  file: string,
  found: Differences,
  boundAt: (path: string) => Bound | undefined,
): Promise<void> => {
  const before = found.count
  if (kind === "jsonl") compareJsonLines(old, now, file, found, boundAt)
  else if (kind === "json")
    compareJson(fs.readFileSync(old, "utf8"), fs.readFileSync(now, "utf8"), file, found, boundAt)
  else if (kind === "safetensors") tryTo(() => compareSafetensors(old, now, file, found, boundAt))
  else if (kind === "parquet") await compareAsParquet(old, now, file, found, boundAt)
  // The same values in other bytes, or no values that are known: the bytes themselves are what differs.
  if (found.count === before) found.other(firstByte(old, now, file))
}

const tryTo = (action: () => void): void => {
  try {
    action()
  } catch {
    // it is not of the format that its name says: its bytes are compared
  }
}

const compareAsParquet = async (...files: Parameters<typeof import("./parquet.ts").compareParquet>): Promise<void> => {
  const { compareParquet } = await import("./parquet.ts")
  await compareParquet(...files).catch(() => {})
}

const firstByte = (old: string, now: string, file: string): Omit<Difference, "apart" | "allowed"> => {
  const [left, right] = [fs.readFileSync(old), fs.readFileSync(now)]
  const length = Math.min(left.length, right.length)
  let at = 0
  while (at < length && left[at] === right[at]) at++
  const sizes = { old: `${left.length} bytes`, now: `${right.length} bytes` }
  const line = left.subarray(0, at).toString("latin1").split("\n").length
  return {
    file,
    place: `byte ${at + 1}, line ${line}`,
    ...(at === length ? sizes : { old: left[at], now: right[at] }),
  }
}
