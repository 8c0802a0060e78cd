/**
 * The sources of the command line as rolldown reads them, with the content hash of each. A module that reaches a package
 * outside `effect` (DuckDB, Vega, Typst) at once isn't bundled: it is loaded from its source when it is wanted.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { isBuiltin } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { type OutputChunk, type Plugin, type RolldownOptions, rolldown } from "rolldown"

/** A file of the bundle. */
export type Chunk = Pick<OutputChunk, "fileName" | "code" | "isEntry" | "facadeModuleId">

/** Packages that are bundled; all others stay where npm put them. */
const BUNDLED = /^(effect|@effect\/[^/]+)(\/|$)/

/** What every command loads, and every pipeline. */
const ALWAYS = ["kit/cli/main.ts", "kit/artifact.ts", "kit/stage.ts", "kit/pipeline.ts", "kit/project.ts"]

const START = "kit/cli/bundle/start.ts"

type Graph = ReadonlyMap<string, ReadonlyArray<string>>

/** The ids that some modules reach by static imports, themselves included. */
const closure = (graph: Graph, from: ReadonlyArray<string>): ReadonlySet<string> => {
  const found = new Set(from)
  for (const id of found) for (const next of graph.get(id) ?? []) found.add(next)
  return found
}

const isPackage = (id: string): boolean => !/^(\0|[./]|node:|file:)/.test(id) && !path.isAbsolute(id)

/**
 * A built-in module as a plain one. Importing it as it is makes Node read each of its properties, and for `node:crypto`
 * that loads Web Crypto, which nobody asked for.
 */
const builtinModule = (id: string): string => {
  const names = Object.keys(process.getBuiltinModule(id) ?? {}).filter((name) => /^[a-zA-Z]\w*$/.test(name))
  return [
    `const module = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(id)})`,
    ...names.map((name, index) => `const value${index} = module.${name}`),
    `export { ${names.map((name, index) => `value${index} as ${name}`).join(", ")} }`,
    "export default module",
  ].join("\n")
}

const isOutside = (id: string): boolean => isPackage(id) && !BUNDLED.test(id)

export class Sources {
  /** Content hashes by path relative to the root. */
  readonly contents = new Map<string, string>()
  /** The project's root without symbolic links. */
  readonly root: string

  constructor(root: string) {
    this.root = fs.realpathSync(root)
  }

  read(file: string): string {
    const bytes = fs.readFileSync(file)
    this.contents.set(path.relative(this.root, file), hash("sha256", bytes))
    return bytes.toString("utf8")
  }

  /** The small file that starts the rest. */
  async bundleStart(): Promise<Chunk> {
    const options = { input: { start: this.#place(START) }, plugins: [this.#reader()] }
    const [chunk] = await this.#generate(options, { entryFileNames: "start.mjs", codeSplitting: false })
    return chunk as Chunk
  }

  /** The kit, and what it and `also` (paths relative to the root) need of `effect`. */
  async bundleCommands(also: ReadonlyArray<string>): Promise<ReadonlyArray<Chunk>> {
    const kit = await this.#kitGraph()
    const inside = new Set([...kit.keys()].filter((id) => ![...closure(kit, [id])].some(isOutside)))
    const packages = [...new Set([...kit.values()].flat())].filter((id) => BUNDLED.test(id))
    const entries = [...inside, ...packages, ...also.map(this.#place).filter((file) => fs.existsSync(file))]
    const graph = new Map<string, ReadonlyArray<string>>()
    let always: ReadonlySet<string> = new Set()
    const split: Plugin = {
      name: "split",
      resolveId: (id, importer) => this.#leaveOutside(id, importer, inside),
      moduleParsed: ({ id, importedIds }) => void graph.set(id, importedIds),
      buildEnd: () => {
        always = closure(graph, ALWAYS.map(this.#place))
      },
    }
    const groups = [
      { name: "always", test: (id: string) => always.has(id), priority: 2 },
      { name: "sometimes", test: () => true, priority: 1 },
    ]
    const input = Object.fromEntries(entries.map((id, index) => [`${index}-${path.basename(id)}`, id]))
    return this.#generate(
      { input, plugins: [this.#reader(), split] },
      { entryFileNames: "entries/[name].mjs", chunkFileNames: "[name].mjs", codeSplitting: { groups } },
    )
  }

  #place = (file: string): string => path.join(this.root, file)

  /** What each module of the kit imports at once. */
  async #kitGraph(): Promise<Graph> {
    const graph = new Map<string, ReadonlyArray<string>>()
    const files = fs
      .readdirSync(this.#place("kit"), { recursive: true, encoding: "utf8" })
      .filter((file) => /(?<!\.d)\.ts$/.test(file) && !/^cli\/(bundle\/|entry\.ts$)/.test(file))
      .map((file) => fs.realpathSync(this.#place(`kit/${file}`)))
    const note: Plugin = {
      name: "graph",
      resolveId: (id) => (isPackage(id) ? { id, external: true } : null),
      moduleParsed: ({ id, importedIds }) => void (path.isAbsolute(id) && graph.set(id, importedIds)),
    }
    const input = Object.fromEntries(files.map((file) => [path.relative(this.root, file), file]))
    await this.#generate({ input, plugins: [this.#reader(), note] }, {})
    return graph
  }

  /** Reads a module, and puts its place where it asks for it. */
  #reader(): Plugin {
    return {
      name: "reader",
      resolveId: (id) => (isBuiltin(id) ? `\0${id}` : null),
      load: (id) => {
        if (id.startsWith("\0node:")) return { code: builtinModule(id.slice(1)), moduleSideEffects: false }
        if (!path.isAbsolute(id)) return null
        const code = this.read(id)
        if (!id.endsWith(".ts")) return { code, moduleType: "js" }
        const places = { dirname: path.dirname(id), filename: id, url: pathToFileURL(id).href }
        const placed = code.replace(/\bimport\.meta\.(dirname|filename|url)\b/g, (_, name: keyof typeof places) =>
          JSON.stringify(places[name]),
        )
        return { code: placed, moduleType: "ts" }
      },
    }
  }

  #leaveOutside(id: string, importer: string | undefined, inside: ReadonlySet<string>) {
    if (isPackage(id)) return BUNDLED.test(id) ? null : { id, external: true }
    if (!/^\.{0,2}\//.test(id)) return null
    const file = importer === undefined ? id : path.resolve(path.dirname(importer), id)
    const isKit = file.startsWith(this.#place("kit/"))
    return isKit && !inside.has(file) ? { id: pathToFileURL(file).href, external: true } : null
  }

  async #generate(
    options: RolldownOptions,
    output: NonNullable<Exclude<RolldownOptions["output"], ReadonlyArray<unknown>>>,
  ): Promise<ReadonlyArray<Chunk>> {
    const bundle = await rolldown({
      cwd: this.root,
      platform: "node",
      tsconfig: false,
      onLog: () => {},
      treeshake: { propertyReadSideEffects: false },
      ...options,
    })
    try {
      const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } }
      const made = await bundle.generate({ format: "esm", comments: false, minify, dir: this.root, ...output })
      return made.output.filter((file): file is OutputChunk => file.type === "chunk")
    } finally {
      await bundle.close()
    }
  }
}
