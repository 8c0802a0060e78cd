/**
 * Writes a pack: a plain tar file of records and objects under their paths in a store, so that ordinary tools unpack it
 * into something that is a store. The same results give the same bytes.
 */
import { createHash, randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import * as path from "node:path"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import * as tar from "tar-stream"
import { describeErrno, StoreError } from "../errors.ts"
import type { Node } from "../node.ts"
import type { Plan } from "../plan/plan.ts"
import type { ObjectName } from "../store/artifact-objects.ts"
import { forElsewhere, recordObjects } from "../store/foreign-record.ts"
import { objectPath, objectPlace, recordPlace, STORE_FORMAT } from "../store/layout.ts"
import type { StoreRecord } from "../store/record.ts"
import type { TransferListener } from "./fetcher.ts"
import { CONTENTS_PATH } from "./pack-remote.ts"
import { FORMAT_PATH } from "./remote.ts"

/** What went into a pack. */
export interface Packed {
  readonly records: number
  readonly objects: number
  readonly bytes: number
  readonly digest: string
  /** Nodes of which only the record went. */
  readonly withoutBytes: ReadonlyArray<string>
}

interface Entry {
  readonly node: Node
  readonly record: StoreRecord
}

/** Writes the records of some finished nodes and the bytes of the chosen ones into a new file. */
export const writePack = async (
  plan: Plan,
  entries: ReadonlyArray<Entry>,
  chosen: ReadonlySet<Node>,
  target: string,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<Packed> => {
  const { store } = plan.project
  const here = ({ digest }: ObjectName): boolean => fs.existsSync(objectPath(store, digest))
  const whole = entries.filter(({ node, record }) => chosen.has(node) && recordObjects(record).every(here))
  const objects = new Map(whole.flatMap(({ record }) => recordObjects(record)).map((object) => [object.digest, object]))
  for (const { record } of whole) {
    const log = fs.statSync(objectPath(store, record.run.log), { throwIfNoEntry: false })
    if (log !== undefined) objects.set(record.run.log, { digest: record.run.log, bytes: log.size })
  }
  const records = new Map(entries.map(({ record }) => [record.key, JSON.stringify(forElsewhere(record))]))
  const named = entries.flatMap(({ record }) => recordObjects(record)).map(({ digest }) => digest)
  const leftOut = [...new Set(named.filter((digest) => !objects.has(digest)))].sort()
  listener.total(
    [...objects.values()].reduce((all, { bytes }) => all + bytes, 0),
    objects.size,
  )
  const members = async (pack: tar.Pack): Promise<void> => {
    await text(pack, FORMAT_PATH, `${STORE_FORMAT}\n`)
    await text(pack, CONTENTS_PATH, contents(plan, entries, leftOut))
    for (const key of [...records.keys()].sort()) await text(pack, recordPlace(key), records.get(key) as string)
    for (const digest of [...objects.keys()].sort()) {
      await file(pack, objects.get(digest) as ObjectName, objectPath(store, digest), listener, signal)
    }
    pack.finalize()
  }
  const { digest, bytes } = await toFile(target, members, signal)
  const withoutBytes = entries.filter((entry) => !whole.includes(entry)).map(({ node }) => node.id)
  return { records: records.size, objects: objects.size, bytes, digest, withoutBytes }
}

/** What the pack holds, under the names of its nodes; `leftOut` are objects that records name and the pack lacks. */
const contents = ({ graph }: Plan, entries: ReadonlyArray<Entry>, leftOut: ReadonlyArray<string>): string => {
  const nodes = Object.fromEntries(
    entries.map(({ node, record }) => [node.id, { key: record.key, stage: node.stage.name, labels: node.labels }]),
  )
  return `${JSON.stringify({ format: 1, pipeline: graph.pipeline, profile: graph.profile, nodes, leftOut }, null, 1)}\n`
}

const header = (name: string, size: number): Partial<tar.Header> & { readonly name: string } => ({
  name,
  size,
  mode: 0o644,
  mtime: new Date(0),
  type: "file",
})

const text = (pack: tar.Pack, name: string, content: string): Promise<void> =>
  new Promise((resolve, reject) => {
    pack.entry(header(name, Buffer.byteLength(content)), content, (error) => (error ? reject(error) : resolve()))
  })

const file = async (
  pack: tar.Pack,
  { digest, bytes }: ObjectName,
  place: string,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<void> => {
  const hash = createHash("sha256")
  const entry = pack.entry(header(objectPlace(digest), bytes))
  const source = fs.createReadStream(place, { highWaterMark: 1 << 20, signal })
  for await (const chunk of source) {
    hash.update(chunk as Buffer)
    listener.bytes((chunk as Buffer).length)
    if (!entry.write(chunk)) await new Promise<void>((resolve) => entry.once("drain", () => resolve()))
  }
  if (hash.digest("hex") !== digest) {
    throw new StoreError({
      message: `An object is damaged: ${objectPlace(digest)} no longer has the digest that is its name`,
      where: place,
      remedy: "Run again: the damaged object is found and made anew. Then pack again.",
    })
  }
  await new Promise<void>((resolve, reject) => {
    entry.on("error", reject)
    entry.end(() => resolve())
  })
}

/** Writes beside the target, synced, and gives the name last; a file that is there is never replaced. */
const toFile = async (
  target: string,
  members: (pack: tar.Pack) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly digest: string; readonly bytes: number }> => {
  if (fs.existsSync(target)) throw exists(target)
  if (!fs.existsSync(path.dirname(target))) throw noFolder(target)
  const temporary = path.join(path.dirname(target), `.${randomUUID()}.tmp`)
  const hash = createHash("sha256")
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  try {
    const pack = tar.pack()
    const out = fs.createWriteStream(temporary, { flags: "wx", flush: true })
    const written = pipeline(pack, count, out, { signal })
    // Where the file fails, the members may be told of it first, by an error that says less.
    written.catch(() => {})
    await Promise.race([members(pack), written.then(() => new Promise<never>(() => {}))]).catch(async (error) => {
      pack.destroy(error as Error)
      throw await written.then(
        () => error,
        (cause) => cause,
      )
    })
    await written
    await fsp.link(temporary, target)
    return { digest: hash.digest("hex"), bytes }
  } catch (error) {
    if (error instanceof StoreError || signal.aborted) throw error
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw exists(target)
    const { message, remedy } = describeErrno(error)
    throw new StoreError({ message: `The pack can't be written: ${message}`, where: target, remedy })
  } finally {
    await fsp.rm(temporary, { force: true })
  }
}

const noFolder = (target: string): StoreError =>
  new StoreError({
    message: `There is no folder ${path.dirname(target)}`,
    where: target,
    remedy: "Make it first, or name another file.",
  })

const exists = (target: string): StoreError =>
  new StoreError({
    message: `There is a file ${target} already`,
    where: target,
    remedy: "Name another file, or remove that one first.",
  })
