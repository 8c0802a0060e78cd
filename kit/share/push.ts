/**
 * Sends records and objects to a remote: only what it lacks, objects before the records that name them, so that a push
 * that is interrupted leaves no record without its bytes. What lies there already is never replaced.
 */
import * as fs from "node:fs"
import { sha256 } from "../canonical.ts"
import { UsageError } from "../errors.ts"
import type { Node } from "../node.ts"
import { isDone, type Plan } from "../plan/plan.ts"
import { forElsewhere, RECORD_LIMIT, recordObjects } from "../store/foreign-record.ts"
import { objectPath, objectPlace, recordPlace, STORE_FORMAT, type StoreLayout } from "../store/layout.ts"
import { type StoreRecord, wholeRecord } from "../store/record.ts"
import type { TransferListener } from "./fetcher.ts"
import { grouped, inParallel } from "./in-parallel.ts"
import { FORMAT_PATH, type Remote, readSmall, remoteError, type Upload } from "./remote.ts"

/** What a push came to. */
export interface Pushed {
  readonly records: number
  readonly objects: number
  readonly bytes: number
  /** Nodes whose record lay there already. */
  readonly there: number
  /** Nodes of which another result lies there: it stays. */
  readonly different: ReadonlyArray<string>
  /** Nodes whose bytes are not in this store. */
  readonly elsewhere: ReadonlyArray<string>
}

/** The nodes of a plan that have a result, with it. */
export const finished = (plan: Plan): ReadonlyArray<{ readonly node: Node; readonly record: StoreRecord }> =>
  [...plan.nodes.values()].flatMap(({ node, record: known, decision }) => {
    const record = isDone(decision) ? wholeRecord(plan.project.store, known) : undefined
    return record === undefined ? [] : [{ node, record }]
  })

/** Sends the records of a plan's finished nodes, and the bytes of the chosen ones. */
export const push = async (
  plan: Plan,
  chosen: ReadonlySet<Node>,
  remote: Remote,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<Pushed> => {
  const { store } = plan.project
  const entries = finished(plan)
  if (entries.length === 0) throw nothingToShare(plan)
  await putFormat(remote, signal)
  const state = await compare(
    remote,
    entries.map(({ record }) => record),
    signal,
  )
  const different = entries.filter(({ record }) => state.get(record.key) === "different").map(({ node }) => node.id)
  const sending = entries.filter(({ node, record }) => chosen.has(node) && state.get(record.key) !== "different")
  const local = localObjects(store, sending)
  const objects = await missingAt(remote, local.uploads, signal)
  const records = new Map(
    entries
      .filter(({ record }) => state.get(record.key) === "absent")
      .map(({ record }) => [record.key, recordUpload(record)]),
  )
  listener.total(sum([...objects, ...records.values()]), objects.length + records.size)
  await send(remote, objects, listener, signal)
  await send(remote, [...records.values()], listener, signal)
  const there = entries.length - records.size - different.length
  return {
    records: records.size,
    objects: objects.length,
    bytes: sum(objects),
    there,
    different,
    elsewhere: local.elsewhere,
  }
}

const sum = (uploads: ReadonlyArray<Upload>): number => uploads.reduce((all, { bytes }) => all + bytes, 0)

/** The error where nothing is up to date. */
export const nothingToShare = ({ graph }: Plan): UsageError =>
  new UsageError({
    message: `Nothing of profile "${graph.profile}" is up to date, so there is nothing to share`,
    where: "",
    remedy: `Run \`repro run --profile ${graph.profile}\` first.`,
  })

const putFormat = async (remote: Remote, signal: AbortSignal): Promise<void> => {
  await remote.put([dataUpload(FORMAT_PATH, Buffer.from(`${STORE_FORMAT}\n`))], signal)
}

/** Which records lie there already, the same or with another result. */
const compare = async (
  remote: Remote,
  records: ReadonlyArray<StoreRecord>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, "absent" | "same" | "different">> => {
  const state = new Map<string, "absent" | "same" | "different">()
  await inParallel(records, remote.parallel, signal, async (record, own) => {
    const text = await readSmall(remote, recordPlace(record.key), RECORD_LIMIT, own)
    state.set(
      record.key,
      text === undefined
        ? "absent"
        : results(text.toString("utf8")) === results(JSON.stringify(record))
          ? "same"
          : "different",
    )
  })
  return state
}

/** A record's outputs by digest, as text; empty for what is no record. */
const results = (text: string): string => {
  try {
    const { outputs } = JSON.parse(text) as StoreRecord
    return JSON.stringify(
      Object.entries(outputs)
        .map(([name, { digest }]) => [name, digest])
        .sort(),
    )
  } catch {
    return ""
  }
}

const localObjects = (
  store: StoreLayout,
  entries: ReadonlyArray<{ readonly node: Node; readonly record: StoreRecord }>,
): { readonly uploads: ReadonlyArray<Upload>; readonly elsewhere: ReadonlyArray<string> } => {
  const uploads = new Map<string, Upload>()
  const elsewhere: Array<string> = []
  for (const { node, record } of entries) {
    const objects = recordObjects(record).map(({ digest }) => objectUpload(store, digest))
    for (const upload of objects) if (upload !== undefined) uploads.set(upload.path, upload)
    if (objects.includes(undefined)) elsewhere.push(node.id)
    const log = objectUpload(store, record.run.log)
    if (log !== undefined) uploads.set(log.path, log)
  }
  return { uploads: [...uploads.values()], elsewhere }
}

const objectUpload = (store: StoreLayout, digest: string): Upload | undefined => {
  const file = objectPath(store, digest)
  const bytes = fs.statSync(file, { throwIfNoEntry: false })?.size
  return bytes === undefined
    ? undefined
    : { path: objectPlace(digest), bytes, digest, source: { file }, onBytes: () => {} }
}

const dataUpload = (path: string, data: Buffer): Upload => ({
  path,
  bytes: data.length,
  digest: sha256(data),
  source: { data },
  onBytes: () => {},
})

const recordUpload = (record: StoreRecord): Upload =>
  dataUpload(recordPlace(record.key), Buffer.from(JSON.stringify(forElsewhere(record))))

/** Those that are not there. One that is there in another size was damaged there, and stays for its owner to remove. */
const missingAt = async (
  remote: Remote,
  uploads: ReadonlyArray<Upload>,
  signal: AbortSignal,
): Promise<ReadonlyArray<Upload>> => {
  const sizes = new Map<string, number>()
  await inParallel(grouped(uploads, remote.batch), remote.parallel, signal, async (group, own) => {
    for (const [path, bytes] of await remote.sizes(
      group.map(({ path }) => path),
      own,
    ))
      sizes.set(path, bytes)
  })
  const wrong = uploads.find(({ path, bytes }) => (sizes.get(path) ?? bytes) !== bytes)
  if (wrong === undefined) return uploads.filter(({ path }) => !sizes.has(path))
  throw remoteError(
    remote.name,
    `${wrong.path} at ${remote.name} has ${sizes.get(wrong.path)} bytes, not ${wrong.bytes}: it is damaged there`,
    "Remove it there, then push again: nothing that lies there is ever replaced.",
  )
}

const send = (
  remote: Remote,
  uploads: ReadonlyArray<Upload>,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<void> =>
  inParallel(grouped(uploads, remote.batch), remote.parallel, signal, async (group, own) => {
    await remote.put(
      group.map((upload) => ({ ...upload, onBytes: listener.bytes })),
      own,
    )
  })
