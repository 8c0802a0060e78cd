/**
 * One stage's bundle while it is made: the bundler's set-up, and the modules that it reads. Reading a module also takes
 * its content hash, looks for what a digest can't follow, and marks calls that only describe.
 */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import * as path from "node:path"
import type { RolldownBuild } from "rolldown"
import type { Minify } from "./canonical.ts"
import { CodeUnreadable, type Problem } from "./errors.ts"
import { markPureCalls, pureNames } from "./purity.ts"
import { importSites, sourceProblems } from "./refuse.ts"
import { relativeTo, resolve } from "./resolve.ts"
import type { Node } from "./syntax.ts"
import type { TypeScriptTarget } from "./types.ts"
import { blankUncounted } from "./uncounted.ts"

const ENTRY = "\0entry"
const TEXTS = new Set([".sql", ".typ", ".txt", ".bib"])
const CODE = new Set([".ts", ".mts", ".js", ".mjs"])

/** The parts of rolldown in use. */
export type Tools = {
  readonly parse: (file: string, code: string) => { readonly program: Node; readonly error: string | undefined }
  readonly minify: Minify
  readonly bundle: typeof import("rolldown")["rolldown"]
}

/** Loads rolldown. */
export const loadTools = async (): Promise<Tools> => {
  const [{ rolldown }, { minifySync, parseSync }] = await Promise.all([import("rolldown"), import("rolldown/utils")])
  return {
    bundle: rolldown,
    parse: (file, code) => {
      const parsed = parseSync(file, code, { lang: /\.m?ts$/.test(file) ? "ts" : "js", sourceType: "module" })
      return { program: parsed.program as unknown as Node, error: parsed.errors[0]?.message }
    },
    minify: (code, names) =>
      minifySync("bundle.mjs", code, {
        module: true,
        compress: names === "all" && { target: "esnext" },
        mangle: { toplevel: names === "all" },
        codegen: { removeWhitespace: true },
      }).code,
  }
}

/** The modules of one bundle: what was read, and what in it can't be followed. */
export class Modules {
  readonly contents = new Map<string, string>()
  readonly problems: Array<Problem> = []
  readonly bareImports = new Set<string>()
  readonly #texts = new Set<string>()
  readonly root: string
  readonly tools: Tools

  constructor(root: string, tools: Tools) {
    this.root = root
    this.tools = tools
  }

  /** Whether a file counts as text, for its kind or for how it is imported. */
  isText(file: string): boolean {
    return this.#texts.has(file) || TEXTS.has(path.extname(file))
  }

  /** Where the stage's own module lies. Throws `CodeUnreadable` if there is none. */
  enter(file: string) {
    const to = resolve(
      this.root,
      path.join(this.root, "importer"),
      `./${file.split("/").map(encodeURIComponent).join("/")}`,
    )
    if (to.kind !== "file")
      throw new CodeUnreadable(file, "there is no such file", "Check the path of the stage's module")
    return this.#follow(to)
  }

  /** Where an import leads, in the bundler's terms. What leads nowhere was told when the importer was loaded. */
  resolve(specifier: string, importer: string) {
    const to = resolve(this.root, importer, specifier)
    if (to.kind === "file") return this.#follow(to)
    return { id: to.kind === "unresolved" ? specifier : to.id, external: true, moduleSideEffects: false }
  }

  // A link may be led elsewhere while both files stay as they are: the link's own path is watched as well.
  #follow({ file, link }: { readonly file: string; readonly link?: string }) {
    if (link !== undefined) this.#read(link)
    return { id: file }
  }

  /** Reads a module, and tells the bundler what kind it is. */
  load(file: string) {
    const source = this.#read(file)
    const extension = path.extname(file)
    if (this.isText(file)) return { code: source, moduleType: "text" as const }
    if (extension === ".json") return { code: source, moduleType: "json" as const }
    const moduleType = extension.endsWith("ts") ? ("ts" as const) : ("js" as const)
    if (!CODE.has(extension)) {
      const what = `files of the kind "${extension || path.basename(file)}" can't be bundled`
      this.#report(file, what, 'Import it with { type: "text" }, or make it an input of the stage')
      return { code: "export {}", moduleType }
    }
    return { code: this.#inspect(file, source), moduleType }
  }

  #inspect(file: string, source: string): string {
    const { program, error } = this.tools.parse(file, source)
    if (error !== undefined) throw new CodeUnreadable(relativeTo(this.root, file), `syntax error: ${error}`, "Mend it")
    for (const { specifier, as, bare } of importSites(program)) {
      const to = resolve(this.root, file, specifier)
      if (to.kind === "package" && bare) this.bareImports.add(specifier)
      if (to.kind !== "file" || as !== "text") continue
      if (CODE.has(path.extname(to.file)))
        this.#report(file, `"${specifier}" is code, but imported as text`, "Give it another extension")
      this.#texts.add(to.file)
    }
    const pure = pureNames(this.root, file, program)
    this.problems.push(...sourceProblems({ root: this.root, file, source, program }, pure))
    const counted = blankUncounted(
      source,
      program,
      (specifier) => resolve(this.root, file, specifier).kind === "engine",
    )
    return markPureCalls(counted, program, pure)
  }

  #report(file: string, what: string, remedy: string): void {
    this.problems.push({ file: relativeTo(this.root, file), line: 1, what, remedy })
  }

  #read(file: string): string {
    const bytes = readFileSync(file)
    this.contents.set(relativeTo(this.root, file), hash("sha256", bytes))
    return bytes.toString("utf8")
  }
}

/** Sets the bundler up for one export. Nothing is read before the bundle is generated. */
export const openBundle = (modules: Modules, target: TypeScriptTarget): Promise<RolldownBuild> =>
  modules.tools.bundle({
    cwd: modules.root,
    input: ENTRY,
    platform: "node",
    tsconfig: false,
    onLog: () => {},
    optimization: { inlineConst: false },
    // Node strips types only: an import that nothing uses still runs its module.
    transform: { typescript: { onlyRemoveTypeImports: true } },
    treeshake: { propertyReadSideEffects: false, moduleSideEffects: (_id, external) => !external },
    plugins: [
      {
        name: "code-digest",
        resolveId: (id, importer) => {
          if (id.startsWith("\0")) return id === ENTRY ? { id } : null
          return importer === ENTRY ? modules.enter(target.file) : modules.resolve(id, importer ?? modules.root)
        },
        load: (id) => {
          if (id === ENTRY) return `export { ${target.export} } from "stage"`
          return id.startsWith("\0") ? null : modules.load(id)
        },
      },
    ],
  })
