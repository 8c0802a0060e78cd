/**
 * Brings the bytes of records into the store when they are wanted: each object once, whichever nodes want it and however
 * many drivers run.
 */
import * as fs from "node:fs"
import { StoreError } from "../errors.ts"
import { size } from "../lib/units.ts"
import { artifactObjects, manifestText, type ObjectName } from "../store/artifact-objects.ts"
import type { Claims } from "../store/claims.ts"
import { incomingPath, objectPath, objectPlace, type StoreLayout } from "../store/layout.ts"
import { checkFile } from "../store/objects.ts"
import type { RecordSummary, StoredArtifact } from "../store/record.ts"
import { restamp } from "../store/restamp.ts"
import { fetchObject } from "./fetch-object.ts"
import { grouped, inParallel } from "./in-parallel.ts"
import type { Sources } from "./sources.ts"

/** Milliseconds between two looks at an object that another driver fetches. */
const ELSEWHERE = 150
const PARALLEL = 8

/** An artifact whose bytes are wanted, with its record. */
export interface Wanted {
  readonly record: RecordSummary
  readonly artifact: StoredArtifact
}

/** Told how many bytes are wanted and how many came. */
export interface TransferListener {
  readonly total: (bytes: number, files: number) => void
  readonly bytes: (bytes: number) => void
}

interface Task extends Wanted {
  readonly object: ObjectName
}

/** All artifacts of some records. */
export const artifactsOf = (records: Iterable<RecordSummary>): ReadonlyArray<Wanted> =>
  [...records].flatMap((record) => Object.values(record.outputs).map((artifact) => ({ record, artifact })))

export class Fetcher {
  readonly sources: Sources
  readonly #store: StoreLayout
  readonly #signal: AbortSignal
  readonly #running = new Map<string, Promise<void>>()
  /** Bytes and objects that came. */
  bytes = 0
  objects = 0

  constructor(store: StoreLayout, sources: Sources, signal: AbortSignal) {
    this.#store = store
    this.sources = sources
    this.#signal = signal
  }

  /** Makes the bytes of these artifacts be in the store; fails when some can't be had anywhere. */
  async bring(wanted: ReadonlyArray<Wanted>, claims: Claims, listener?: TransferListener): Promise<void> {
    const { tasks, moved } = this.#missing(wanted)
    const total = tasks.reduce((sum, { object }) => sum + object.bytes, 0)
    if (tasks.length > 0) {
      this.#refuseWithoutRoom(total)
      listener?.total(total, tasks.length)
      await inParallel(tasks, PARALLEL, this.#signal, (task) => this.#once(task, claims, listener))
    }
    const whole = new Set(wanted.flatMap(({ artifact }) => artifact.files.map(({ digest }) => digest)))
    for (const key of moved) restamp(this.#store, key, whole)
  }

  /** What is not here, and the keys of records whose stamps are out of date. */
  #missing(wanted: ReadonlyArray<Wanted>): {
    readonly tasks: ReadonlyArray<Task>
    readonly moved: ReadonlySet<string>
  } {
    const tasks = new Map<string, Task>()
    const moved = new Set<string>()
    for (const { record, artifact } of wanted) {
      if (artifact.format === "folder") this.#layManifest(artifact)
      for (const object of artifactObjects(artifact)) {
        const stamped = artifact.files.find(({ digest }) => digest === object.digest)
        const damage = checkFile(this.#store, stamped ?? { ...object, path: "" })
        if (damage !== undefined && stamped !== undefined) moved.add(record.key)
        if (damage === "missing" || damage === "changed") tasks.set(object.digest, { record, artifact, object })
      }
    }
    return { tasks: [...tasks.values()], moved }
  }

  /** A folder's manifest follows from its record: it is laid as if it had arrived. */
  #layManifest({ digest, files }: StoredArtifact): void {
    if (!fs.existsSync(objectPath(this.#store, digest))) {
      fs.writeFileSync(incomingPath(this.#store, digest), manifestText(files))
    }
  }

  #refuseWithoutRoom(total: number): void {
    const { bavail, bsize } = fs.statfsSync(this.#store.root)
    if (total <= bavail * bsize) return
    throw new StoreError({
      message: `The disk has room for ${size(bavail * bsize)}, but ${size(total)} are to be fetched`,
      where: this.#store.root,
      remedy: "Free some space, or fetch less by naming nodes, then run the same command again.",
    })
  }

  #once(task: Task, claims: Claims, listener: TransferListener | undefined): Promise<void> {
    const { digest } = task.object
    const running = this.#running.get(digest)
    if (running !== undefined) return running
    const begun = this.#fetch(task, claims, listener).finally(() => this.#running.delete(digest))
    this.#running.set(digest, begun)
    return begun
  }

  async #fetch(task: Task, claims: Claims, listener: TransferListener | undefined): Promise<void> {
    const claim = `object ${task.object.digest}`
    claims.uses.announce([task.object.digest])
    while (!claims.claim(claim)) {
      this.#signal.throwIfAborted()
      await new Promise((resolve) => setTimeout(resolve, ELSEWHERE))
    }
    try {
      const damage = checkFile(this.#store, { ...task.object, path: "" })
      if (damage === "missing" || damage === "changed") await this.#fromAnywhere(task, listener)
      else listener?.bytes(task.object.bytes)
    } finally {
      claims.release(claim)
    }
  }

  async #fromAnywhere({ record, object }: Task, listener: TransferListener | undefined): Promise<void> {
    const { remotes, errors } = await this.sources.of(record)
    const failures: Array<StoreError> = [...errors]
    for (const remote of remotes) {
      const options = { signal: this.#signal, onBytes: (bytes: number) => listener?.bytes(bytes) }
      try {
        if (await fetchObject(this.#store, remote, object, options)) {
          this.bytes += object.bytes
          this.objects++
          return
        }
      } catch (error) {
        if (!(error instanceof StoreError) || error.where === this.#store.root) throw error
        failures.push(error)
      }
    }
    throw nowhere(
      record,
      object,
      remotes.map(({ name }) => name),
      failures,
    )
  }

  /** Those of these records all of whose bytes are here or where they can be had from. */
  async available(records: ReadonlyArray<RecordSummary>): Promise<ReadonlySet<RecordSummary>> {
    const found = new Set(records)
    for (const group of grouped(records, 100)) {
      await inParallel(group, PARALLEL, this.#signal, async (record, signal) => {
        const objects = this.#missing(artifactsOf([record])).tasks.map(({ object }) => object)
        const left = new Set(objects.map(({ digest }) => objectPlace(digest)))
        const { remotes, errors } = await this.sources.of(record)
        for (const remote of remotes) {
          if (left.size > 0) for (const path of (await remote.sizes([...left], signal)).keys()) left.delete(path)
        }
        if (left.size === 0) return
        if (errors[0] !== undefined) throw nowhere(record, objects[0] as ObjectName, [], errors)
        found.delete(record)
      })
    }
    return found
  }
}

const nowhere = (
  record: RecordSummary,
  { digest }: ObjectName,
  places: ReadonlyArray<string>,
  failures: ReadonlyArray<StoreError>,
): StoreError =>
  new StoreError({
    message: `The bytes of ${record.node} can't be had: ${
      failures.length > 0
        ? failures.map(({ message }) => message).join("; ")
        : `${objectPlace(digest)} is not at ${places.join(" nor at ") || "any place that is known"}`
    }`,
    where: record.pulled?.from ?? "",
    remedy: `${failures.map(({ remedy }) => `${remedy} `).join("")}Or name another place with --from, or compute what isn't here: \`repro run --no-fetch\`.`,
  })
