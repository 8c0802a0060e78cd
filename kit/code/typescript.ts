/**
 * The code digest of a TypeScript export: what a bundler leaves of it. Rolldown follows its imports and drops what is
 * never reached, comments and types included; packages and the engine stay outside and count by version. So neither a
 * reformatted helper nor a function added beside it makes a stage run again, but a constant three imports away does.
 *
 * Rolldown is loaded on the first call only; `cache.ts` mostly spares even that.
 */
import { hash } from "node:crypto"
import { readFileSync, realpathSync } from "node:fs"
import { SourceMap } from "node:module"
import * as path from "node:path"
import type { RolldownBuild, RolldownOutput } from "rolldown"
import { loadTools, Modules, openBundle, type Tools } from "./bundle.ts"
import { canonicalText, declarationHashes, importedIds, importHashes, type RenderedModule } from "./canonical.ts"
import { CodeRefused, CodeUnreadable, type Problem } from "./errors.ts"
import { readsNames, writeNames } from "./function-names.ts"
import { INSTALLED_LOCK, PACKAGE_LOCK, packageClosure } from "./lock.ts"
import { bundleProblems } from "./refuse-bundle.ts"
import { relativeTo } from "./resolve.ts"
import { Scopes } from "./scopes.ts"
import type { Node } from "./syntax.ts"
import { type CodeDigest, type MeasuredDigest, RECIPE_NAME, type TypeScriptTarget } from "./types.ts"

/** Part of every digest. Raise it when the way of taking digests changes in a manner that must make stages run again. */
const RECIPE = 3

const generate = async (
  bundle: RolldownBuild,
  dir: string,
  sourcemap: boolean,
): Promise<RolldownOutput["output"][0]> => {
  const comments = { legal: false, annotation: true, jsdoc: false }
  const { output } = await bundle.generate({
    format: "esm",
    minify: false,
    codeSplitting: false,
    comments,
    dir,
    sourcemap,
  })
  return output[0]
}

/** Turns offsets in a bundle into places in the sources. The bundle is made once more, with a source map. */
const bundleRefusals = async (
  bundle: RolldownBuild,
  modules: Modules,
  target: TypeScriptTarget,
): Promise<ReadonlyArray<Problem>> => {
  const { code, map } = await generate(bundle, modules.root, true)
  const lines = new SourceMap(JSON.parse(map?.toString() ?? "{}"))
  const { program } = modules.tools.parse("bundle.mjs", code)
  return bundleProblems(program, target.environment ?? []).map(({ at, what, remedy }) => {
    const before = code.slice(0, at).split("\n")
    const entry = lines.findEntry(before.length - 1, before.at(-1)?.length ?? 0)
    if (!("originalSource" in entry)) return { file: target.file, line: 1, what, remedy }
    return {
      file: relativeTo(modules.root, path.resolve(modules.root, entry.originalSource)),
      line: entry.originalLine + 1,
      what,
      remedy,
    }
  })
}

/** What the bundler says of code that it can't bundle, as an error of ours. */
const unreadable = (cause: unknown, target: TypeScriptTarget): Error => {
  if (cause instanceof CodeUnreadable) return cause
  const errors = (cause as { errors?: ReadonlyArray<{ code?: string; message: string; cause?: unknown }> }).errors ?? []
  const own = errors.map((error) => error.cause ?? error).find((error) => error instanceof CodeUnreadable)
  if (own) return own
  const first = errors[0]
  if (first?.code === "MISSING_EXPORT") {
    return new CodeUnreadable(
      target.file,
      `no export is named "${target.export}", or a module that it imports lacks one: ${plain(first.message)}`,
      "Check the names",
    )
  }
  return new CodeUnreadable(
    target.file,
    `it can't be bundled: ${plain(first?.message ?? String(cause))}`,
    "Mend the code",
  )
}

const plain = (message: string): string => message.split("\n")[0]?.replace(/\.$/, "") ?? ""

const readLock = (root: string, file: string, contents: Map<string, string>): void => {
  try {
    contents.set(file, hash("sha256", readFileSync(path.join(root, file))))
  } catch {
    // Without packages no lock is needed; with them, packageClosure tells what is missing.
  }
}

const withNames = (
  tools: Tools,
  modules: ReadonlyArray<RenderedModule>,
  bundle: Node,
): ReadonlyArray<RenderedModule> => {
  const scopes = new Scopes(bundle)
  return modules.map(({ id, code, program }) => {
    const text = writeNames(code, program, bundle, scopes)
    return text === code ? { id, code, program } : { id, code: text, program: tools.parse("module.mjs", text).program }
  })
}

const digestChunk = (
  modules: Modules,
  chunk: RolldownOutput["output"][0],
  program: Node,
): Omit<CodeDigest, "files"> => {
  const { root, tools } = modules
  // Each module's text begins with a comment that names its file.
  const parsed: ReadonlyArray<RenderedModule> = Object.entries(chunk.modules).flatMap(([id, { code }]) => {
    const text = (code ?? "").replace(/^(\/\/.*\n)+/, "")
    return text === "" ? [] : [{ id, code: text, program: tools.parse("module.mjs", text).program }]
  })
  const rendered = readsNames(program) ? withNames(tools, parsed, program) : parsed
  const specifiers = [...importedIds(program), ...modules.bareImports]
  const packages = packageClosure(
    root,
    specifiers.filter((id) => !/^(kit|node):/.test(id)),
  )
  const text = tools.minify(canonicalText(chunk.code, program, rendered), "all")
  const own = rendered.filter(({ id }) => !id.startsWith("\0"))
  const place = (id: string) => ({ file: relativeTo(root, id), whole: modules.isText(id) })
  return {
    digest: hash("sha256", JSON.stringify([RECIPE, text, [...modules.bareImports].sort()])),
    declarations: {
      [RECIPE_NAME]: `${RECIPE}`,
      ...importHashes(program, modules.bareImports),
      ...declarationHashes(own, place, tools.minify),
    },
    packages,
  }
}

/** As `typescriptDigest`, with the content hash of each file: for the cache. */
export const measureTypescript = async (root: string, target: TypeScriptTarget): Promise<MeasuredDigest> => {
  const modules = new Modules(realpathSync(root), await loadTools())
  for (const lock of [PACKAGE_LOCK, INSTALLED_LOCK]) readLock(modules.root, lock, modules.contents)
  const bundle = await openBundle(modules, target)
  try {
    const chunk = await generate(bundle, modules.root, false).catch((cause) => {
      throw modules.problems.length > 0 ? new CodeRefused(modules.problems) : unreadable(cause, target)
    })
    if (modules.problems.length > 0) throw new CodeRefused(modules.problems)
    const { program } = modules.tools.parse("bundle.mjs", chunk.code)
    if (bundleProblems(program, target.environment ?? []).length > 0) {
      throw new CodeRefused(await bundleRefusals(bundle, modules, target))
    }
    const contents = Object.fromEntries([...modules.contents].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
    return { ...digestChunk(modules, chunk, program), files: Object.keys(contents), contents }
  } finally {
    await bundle.close()
  }
}

/**
 * The code that an export of a TypeScript module reaches, as a digest. `root` is the project's root, an absolute path.
 *
 * Fails with `CodeRefused` (the code does what a digest can't follow), `CodeUnreadable` (no such file or export, a
 * syntax error) or `LockProblem` (a package isn't locked, or what is installed differs from the lock).
 */
export const typescriptDigest = async (root: string, target: TypeScriptTarget): Promise<CodeDigest> => {
  const { contents: _, ...digest } = await measureTypescript(root, target)
  return digest
}
