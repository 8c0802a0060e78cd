/** Hashes every object of a store with several threads; each takes the next shard folder when it has done one. */
import * as fs from "node:fs"
import * as os from "node:os"
import { Worker } from "node:worker_threads"
import { type StoreLayout, shardsOf } from "../layout.ts"

/** An object whose bytes are not what its name says, or a file that is no object. */
export interface ObjectProblem {
  readonly kind: "damaged" | "unreadable" | "stranger"
  /** The digest that the name says; for a stranger its path below `objects/`. */
  readonly name: string
  /** The digest of the bytes that are there, or why they can't be read. */
  readonly found: string
}

/** What was hashed, and what is wrong. */
export interface ObjectsChecked {
  readonly objects: number
  readonly bytes: number
  readonly problems: ReadonlyArray<ObjectProblem>
}

/** What a thread is started with. In `shared`: the number of the next shard, then for each thread the bytes it has read. */
interface Assignment {
  readonly folder: string
  readonly shards: ReadonlyArray<string>
  readonly thread: number
  readonly shared: SharedArrayBuffer
}

/** How far the hashing is: what was read, and how much there is about. */
export interface HashProgress {
  readonly objects: number
  /** An estimate: to list every folder here too would cost as much as reading a tenth of small objects. */
  readonly allObjects: number
  readonly bytes: number
}

/** As many threads as serve: reading waits for the disk while another hashes. */
export const defaultReaders = (): number => Math.min(16, 2 * os.availableParallelism())

/** How many shards are listed at most before their objects are hashed. */
const LISTED = 16

/** A running check; `progress` tells how far it is. */
export interface ObjectCheck {
  readonly done: Promise<ObjectsChecked>
  readonly progress: () => HashProgress
}

/** Starts threads that hash every object. Nothing is written. */
export const checkObjects = (store: StoreLayout, readers: number): ObjectCheck => {
  const folder = `${store.root}/objects`
  const shards = shardsOf(folder)
  const shared = new SharedArrayBuffer(8 * (1 + readers))
  const problems: Array<ObjectProblem> = []
  const tally = { objects: 0, bytes: 0, problems }
  const take = (checked: ObjectsChecked): void => {
    tally.objects += checked.objects
    tally.bytes += checked.bytes
    problems.push(...checked.problems)
  }
  const threads = Array.from({ length: Math.min(readers, shards.length) }, (_, thread) =>
    runThread({ folder, shards, thread, shared }, take),
  )
  const expected = expectedObjects(folder, shards)
  const read = new Float64Array(shared, 8, readers)
  return {
    done: Promise.all(threads).then(() => tally),
    progress: () => ({
      objects: tally.objects,
      allObjects: Math.max(expected, tally.objects),
      bytes: read.reduce((sum, count) => sum + count, 0),
    }),
  }
}

/** Digests spread evenly over the shards, so some of them tell of all. */
const expectedObjects = (folder: string, shards: ReadonlyArray<string>): number => {
  const some = shards.filter((_, index) => index % Math.ceil(shards.length / LISTED) === 0)
  const found = some.reduce((sum, shard) => sum + fs.readdirSync(`${folder}/${shard}`).length, 0)
  return Math.round((found * shards.length) / Math.max(1, some.length))
}

const runThread = (workerData: Assignment, take: (checked: ObjectsChecked) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./hash-objects.mjs", import.meta.url), { workerData })
    worker.on("message", take)
    worker.on("error", reject)
    worker.on("exit", () => resolve())
  })
