/**
 * Makes the bundle of the command line: the kit and what it needs of `effect`, in two files. The first holds what every
 * command loads, the second the rest. What may be imported by itself keeps an entry of its own, for `redirect.ts`.
 */
import { spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { signatureOf } from "../../code/signature.ts"
import { writeAtomically } from "../../store/layout.ts"
import { bundlesFolder, generationFolder, readBundle, writeBundle } from "./manifest.ts"
import { type Chunk, Sources } from "./sources.ts"
import { sweepGenerations } from "./users.ts"

/** Decide what the bundle holds without being in it: what npm installed, and how it is made. */
const WATCHED = ["node_modules/.package-lock.json", "kit/cli/bundle/build.ts", "kit/cli/bundle/sources.ts"]

/**
 * Bundles the sources of a root and puts the bundle in the place of the last one. Throws where the sources can't be
 * bundled, the folder can't be written, or the bundle doesn't start.
 */
export const build = async (root: string): Promise<void> => {
  const before = readBundle(root)
  const also = before?.also ?? []
  const signedAt = `${BigInt(Date.now()) * 1_000_000n}`
  const sources = new Sources(root)
  const generation = randomUUID()
  const folder = generationFolder({ root, generation })
  const start = await sources.bundleStart()
  const chunks = await sources.bundleCommands(also)
  for (const file of WATCHED) sources.read(path.join(sources.root, file))
  const modules = entriesOf(sources.root, chunks)
  try {
    fs.mkdirSync(`${folder}/users`, { recursive: true })
    for (const chunk of [start, ...chunks]) write(`${folder}/${chunk.fileName}`, chunk.code)
    tryOut(folder, modules)
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const signatures = Object.fromEntries(
    [...sources.contents].map(([file, content]) => [file, signatureOf(root, file, content)]),
  )
  writeBundle({ root, generation, signedAt, signatures, modules, also: also.filter((file) => file in modules) })
  fs.renameSync(`${folder}/${start.fileName}`, `${bundlesFolder(root)}/start.mjs`)
  sweepGenerations(bundlesFolder(root), new Set([generation, before?.generation ?? ""]))
}

const write = (file: string, text: string): void => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  writeAtomically(file, text)
}

/** The bundle's file for each module that has an entry. */
const entriesOf = (root: string, chunks: ReadonlyArray<Chunk>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    chunks.flatMap(({ fileName, isEntry, facadeModuleId }) =>
      isEntry && facadeModuleId ? [[path.relative(root, facadeModuleId), fileName]] : [],
    ),
  )

/** Loads all of a bundle in a process of its own. */
const tryOut = (folder: string, modules: Readonly<Record<string, string>>): void => {
  const files = Object.values(modules).map((file) => pathToFileURL(`${folder}/${file}`).href)
  const script = `for (const file of ${JSON.stringify(files)}) await import(file)`
  const args = [...process.execArgv, "--input-type=module", "--eval", script, "--", "repro", "--version"]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" })
  if (status !== 0) throw new Error(`the bundle doesn't start: ${stderr}`)
}
