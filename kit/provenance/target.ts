/**
 * What a person means by an artifact: the name of a node, a stage or a glob, one output of a node (`NODE/OUTPUT`, as in
 * the view), a file (by where it lies, or by its bytes), or the beginning of a digest or a key.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { UsageError } from "../errors.ts"
import type { Graph } from "../node.ts"
import { select } from "../plan/select.ts"
import { hashFileSync } from "../store/hash-file.ts"
import { type StoreLayout, safeName, viewFolder } from "../store/layout.ts"
import type { StoreRecord } from "../store/record.ts"
import { statOf } from "../store/stat-of.ts"
import { viewPath } from "../store/view.ts"
import type { Records } from "./find-records.ts"

/** What was found: records, the single output that was meant if one was, and a remark for the person. */
export interface Target {
  readonly records: ReadonlyArray<StoreRecord>
  readonly output?: string
  readonly remark?: string
}

/** Where things are looked for. */
export interface TargetContext {
  readonly store: StoreLayout
  readonly graph: Graph
  readonly records: Records
  /** Relative paths start here. */
  readonly folder: string
}

/** Finds what a text names; an error says what it could have been. */
export const findTarget = (context: TargetContext, text: string): Target => {
  const { unknown, target } = byName(context, text)
  if (target !== undefined) return target
  const found = byOutput(context, text) ?? byFile(context, text) ?? byDigest(context, text)
  if (found !== undefined) return found
  throw noSuchOutput(context, text) ?? unknown
}

/** A node that is there, with an output that it doesn't have. */
const noSuchOutput = ({ graph, records }: TargetContext, text: string): UsageError | undefined => {
  const at = text.lastIndexOf("/")
  const record = at < 0 ? undefined : lastOf({ graph, records }, text.slice(0, at))
  if (record === undefined) return undefined
  const names = Object.keys(record.outputs).map((name) => `${text.slice(0, at)}/${name}`)
  return new UsageError({
    message: `${text.slice(0, at)} has no output "${text.slice(at + 1)}"`,
    where: text,
    remedy: `Its outputs are: ${names.join(", ")}.`,
  })
}

/** What a node of the profile last gave. */
const lastOf = (
  { graph, records }: Pick<TargetContext, "graph" | "records">,
  node: string,
): StoreRecord | undefined => {
  const heads = records.heads.find(({ pipeline, profile }) => pipeline === graph.pipeline && profile === graph.profile)
  const head = heads !== undefined && Object.hasOwn(heads.nodes, node) ? heads.nodes[node] : undefined
  return head === undefined ? undefined : records.read(head.key)
}

const byName = (context: TargetContext, text: string): { readonly target?: Target; readonly unknown?: UsageError } => {
  const { graph } = context
  let ids: ReadonlyArray<string>
  try {
    ids = [...select(graph, [text])].map(({ id }) => id)
  } catch (error) {
    if (error instanceof UsageError) return { unknown: orElse(error) }
    throw error
  }
  const heads = context.records.heads.find(
    ({ pipeline, profile }) => pipeline === graph.pipeline && profile === graph.profile,
  )
  const records = ids.flatMap((id) => {
    const head = heads?.nodes[id]
    return head === undefined ? [] : (context.records.read(head.key) ?? [])
  })
  const twin = records.length === 1 && records[0]?.node !== ids[0] ? records[0] : undefined
  const remark = `${ids[0]} is the same work as ${twin?.node} of profile "${twin?.profile}", which was done once.`
  if (records.length > 0) return { target: { records, ...(twin === undefined ? {} : { remark }) } }
  throw new UsageError({
    message: `${ids[0]} has no result in this store yet`,
    where: text,
    remedy: `Run it first (\`repro run\`), or name another profile or store.`,
  })
}

const orElse = ({ message, where, remedy }: UsageError): UsageError =>
  new UsageError({
    message,
    where,
    remedy: `${remedy} A file that a run made, or the first 6 or more digits of a digest or key, will do too.`,
  })

/** `NODE/OUTPUT`, or `NODE/FILE` as the view has it. */
const byOutput = ({ store, graph, records }: TargetContext, text: string): Target | undefined => {
  const at = text.lastIndexOf("/")
  if (at < 0) return undefined
  const record = lastOf({ graph, records }, text.slice(0, at))
  if (record === undefined) return undefined
  const output = Object.entries(record.outputs).find(([name, { extension }]) =>
    [name, path.basename(viewPath(store, graph, record.node, name, extension))].includes(text.slice(at + 1)),
  )
  return output === undefined ? undefined : { records: [record], output: output[0] }
}

/** A file or folder: by its place in the view, in the store, or else by its bytes. */
const byFile = (context: TargetContext, text: string): Target | undefined => {
  const file = path.resolve(context.folder, text)
  const stat = text === "" ? undefined : statOf(file)
  if (stat === undefined) return undefined
  const viewed = inView(context, file)
  const digest = stat.isFile() ? digestOf(file) : undefined
  if (viewed !== undefined) {
    const artifact = viewed.output === undefined ? undefined : viewed.records[0]?.outputs[viewed.output]
    const edited =
      digest !== undefined && artifact !== undefined && !artifact.files.some((known) => known.digest === digest)
    return edited
      ? { ...viewed, remark: `${text} was changed since it was made; this is the way to what it was.` }
      : viewed
  }
  const found = digest === undefined ? undefined : byDigest(context, digest)
  if (found !== undefined) return found
  throw new UsageError({
    message: stat.isFile()
      ? `${text} has the digest ${digest?.slice(0, 12)}…, which no run in this store made`
      : `${text} is neither a file nor a folder that a run in this store made`,
    where: text,
    remedy: "Give a file as a run left it, or name its node.",
  })
}

const digestOf = (file: string): string => {
  try {
    return hashFileSync(file)
  } catch (error) {
    throw new UsageError({
      message: `${file} can't be read: ${(error as Error).message}`,
      where: file,
      remedy: "Give a file that you may read, or name its node.",
    })
  }
}

const inView = ({ store, records }: TargetContext, file: string): Target | undefined => {
  const place = realPlace(file)
  const view = realPlace(`${store.root}/view`)
  if (!place.startsWith(`${view}/`)) return undefined
  const atView = { root: path.dirname(view) }
  for (const scope of records.heads) {
    if (!place.startsWith(`${view}/${safeName(scope.pipeline)}/${safeName(scope.profile)}/`)) continue
    for (const [node, { key }] of Object.entries(scope.nodes)) {
      const record = records.read(key)
      if (record !== undefined && place === viewFolder(atView, scope, node)) return { records: [record] }
      for (const [output, { extension }] of Object.entries(record?.outputs ?? {})) {
        const target = viewPath(atView, scope, node, output, extension)
        if (record !== undefined && (place === target || place.startsWith(`${target}/`)))
          return { records: [record], output }
      }
    }
  }
  return undefined
}

/** A path with its folder's links followed, but not its own: large files of the view are links into the store. */
const realPlace = (file: string): string => {
  try {
    return path.join(fs.realpathSync(path.dirname(file)), path.basename(file))
  } catch {
    return file
  }
}

const SHORTEST_DIGEST = 6

/** The beginning of the digest of an output, of a file of one, or of a key. */
const byDigest = ({ records }: TargetContext, text: string): Target | undefined => {
  if (!/^[0-9a-f]+$/u.test(text) || text.length < SHORTEST_DIGEST) return undefined
  const found = new Map<string, Target>()
  for (const record of records.all) {
    if (record.key.startsWith(text)) found.set(record.key, { records: [record] })
    for (const [output, { digest, files }] of Object.entries(record.outputs)) {
      const whole = [digest, ...files.map((file) => file.digest)].find((known) => known.startsWith(text))
      if (whole !== undefined) found.set(whole, { records: [record], output })
    }
  }
  if (found.size <= 1) return [...found.values()][0]
  throw new UsageError({
    message: `"${text}" begins ${found.size} digests: ${[...found.keys()]
      .slice(0, 4)
      .map((digest) => digest.slice(0, text.length + 6))
      .join(", ")}${found.size > 4 ? ", …" : ""}`,
    where: text,
    remedy: "Give more of its digits.",
  })
}
