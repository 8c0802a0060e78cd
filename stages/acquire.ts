/**
 * Brings data in. A file of the project is observed when planning and counts by its content; a published file is looked
 * for in the mirror folders, then at its addresses. Both count only if they have their declared digest.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StageError } from "../kit/errors.ts"
import type { HandleOf } from "../kit/node.ts"
import { Stage } from "../kit/stage.ts"
import { SourceFile } from "./artifacts.ts"
import type { Source } from "./sources.ts"

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const missing = (path: string): StageError =>
  StageError.of(`The file ${path} is missing`, path, "Restore it from version control, or correct the profile's path.")

/** A file of this project with the size and the digest that are declared for it. */
export const projectFile = Stage.make("project-file", {
  params: Schema.Struct({ path: Schema.String, bytes: Schema.Int, sha256: Schema.String }),
  inputs: {},
  outputs: { file: SourceFile },
  observe: ({ path }, root) => {
    try {
      return sha256(fs.readFileSync(`${root}/${path}`))
    } catch {
      throw missing(path)
    }
  },
  run: Effect.fnUntraced(function* ({ params, root }) {
    const file = yield* Effect.try({
      try: () => new Uint8Array(fs.readFileSync(`${root}/${params.path}`)),
      catch: () => missing(params.path),
    })
    const found = sha256(file)
    if (found === params.sha256) return { file }
    return yield* Effect.fail(
      StageError.of(
        `The file has ${file.length} bytes and the SHA-256 ${found}, but ${params.bytes} bytes and ${params.sha256} are declared`,
        params.path,
        "If the edit is meant, run `make declare-data`; otherwise restore the file from version control.",
      ),
    )
  }),
})

const Digest = Schema.Union([Schema.Struct({ sha256: Schema.String }), Schema.Struct({ gitBlob: Schema.String })])

/** A published file, from a mirror folder or an address. */
export const acquire = Stage.make("acquire", {
  params: Schema.Struct({
    name: Schema.String,
    mirror: Schema.String,
    urls: Schema.Array(Schema.String),
    digest: Digest,
  }),
  inputs: {},
  outputs: { file: SourceFile },
  retries: 3,
  run: Effect.fnUntraced(function* ({ params, mirrors }) {
    const tried: Array<string> = []
    let retryable = false
    for (const folder of mirrors) {
      const place = `${folder}/${params.mirror}`
      if (!fs.existsSync(place)) tried.push(`${place} (no such file)`)
      else return { file: yield* checked(new Uint8Array(fs.readFileSync(place)), params.digest, place) }
    }
    if (mirrors.length === 0) tried.push("no mirror folder (MIRROR is not set)")
    for (const url of params.urls) {
      const found = yield* download(url).pipe(Effect.catchTag("StageError", (error) => Effect.succeed(error)))
      if (found instanceof StageError) {
        tried.push(`${url} (${found.message})`)
        retryable ||= found.retryable
      } else return { file: yield* checked(found, params.digest, url) }
    }
    return yield* new StageError({
      message: `${params.name} was found nowhere; tried:\n    ${tried.join("\n    ")}`,
      where: params.name,
      remedy: "Set MIRROR to a folder that has it, or check the network.",
      retryable,
    })
  }),
})

/** Statuses by which a server says that it may answer later. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504])

const unavailable = (url: string, message: string, retryable: boolean): StageError =>
  new StageError({ message, where: url, remedy: "Check the network.", retryable })

const download = (url: string): Effect.Effect<Uint8Array, StageError> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(url, { signal })
      if (!response.ok) throw unavailable(url, `HTTP ${response.status}`, TRANSIENT.has(response.status))
      return new Uint8Array(await response.arrayBuffer())
    },
    catch: (error) => (error instanceof StageError ? error : unavailable(url, reasonOf(error), true)),
  })

/** `fetch` hides why it failed in its cause. */
const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

const gitBlobId = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex")

const checked = (
  bytes: Uint8Array,
  digest: typeof Digest.Type,
  place: string,
): Effect.Effect<Uint8Array, StageError> => {
  const [kind, declared, found] =
    "sha256" in digest ? ["SHA-256", digest.sha256, sha256(bytes)] : ["git blob id", digest.gitBlob, gitBlobId(bytes)]
  if (declared === found) return Effect.succeed(bytes)
  return Effect.fail(
    StageError.of(
      `The file has the ${kind} ${found}, but ${declared} is declared`,
      place,
      "Fetch it again; if the source changed on purpose, declare the new digest.",
    ),
  )
}

/** The handle of a source, whichever kind it is. */
export const fromSource = (source: Source): HandleOf<typeof SourceFile> => {
  if (source.kind === "project") {
    const { path, bytes, sha256 } = source
    return projectFile({}, { path, bytes, sha256 }).file
  }
  const { name, mirror, urls, digest } = source
  return acquire({}, { name, mirror, urls, digest }).file
}
