/** The small project on disk: real files that are edited as a state says, a real plan and a real run of it. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Reason } from "../../../../kit/plan/reasons.ts"
import { headsPath, objectPath, recordPath } from "../../../../kit/store/layout.ts"
import type { StoreRecord } from "../../../../kit/store/record.ts"
import { makeProject, type TestProject } from "../project.ts"
import { python } from "../worker.ts"
import { ownPackages, sources, variables } from "./files.ts"
import type { Edit, State } from "./state.ts"

/** What a plan says of one node. */
export interface Told {
  readonly node: string
  readonly decision: string
  readonly reasons: ReadonlyArray<Reason & { readonly text: string }>
}

/** A plan, and the nodes whose work was done in the run that followed. */
export interface Round {
  readonly plan: ReadonlyArray<Told>
  readonly ran: ReadonlyArray<string>
}

const HERE = path.resolve(import.meta.dirname, "../../../..")

export class EditedProject {
  readonly #project: TestProject
  #state: State

  constructor(state: State) {
    this.#project = makeProject(sources(state))
    this.#state = state
    fs.rmSync(`${this.#project.root}/node_modules`)
    fs.mkdirSync(`${this.#project.root}/node_modules`)
    for (const name of fs.readdirSync(`${HERE}/node_modules`)) {
      if (!name.startsWith(".package-lock"))
        fs.symlinkSync(`${HERE}/node_modules/${name}`, `${this.#project.root}/node_modules/${name}`)
    }
    this.#install(state)
  }

  /** Makes the files say what a state says. */
  write(state: State): void {
    const before = sources(this.#state)
    for (const [name, text] of Object.entries(sources(state)))
      if (before[name] !== text) this.#project.write(name, text)
    if (JSON.stringify(ownPackages(state)) !== JSON.stringify(ownPackages(this.#state))) this.#install(state)
    if (state.engine !== this.#state.engine)
      this.#project.edit("kit/key.ts", /ENGINE_FORMAT = \d+/, `ENGINE_FORMAT = ${state.engine}`)
    if (state.harmless.touched !== this.#state.harmless.touched) this.#touch()
    this.#state = state
  }

  /** Deletes or garbles what the store holds. */
  harm(edit: Edit): void {
    if (edit.kind !== "damage" && edit.kind !== "lose") return
    const { root } = this.#project
    const store = { root: `${root}/artifacts` }
    const heads = JSON.parse(fs.readFileSync(headsPath(store, "edits", "small"), "utf8"))
    const place = recordPath(store, heads.nodes[edit.node].key)
    if (!fs.existsSync(place)) return
    if (edit.kind === "lose") {
      if (edit.how === "delete") fs.rmSync(place)
      else fs.truncateSync(place, 100)
      return
    }
    for (const { digest } of Object.values(this.#record(place)?.outputs ?? {})) {
      fs.rmSync(objectPath(store, digest), { force: true })
      if (edit.how === "overwrite") fs.writeFileSync(objectPath(store, digest), '{"text":"other bytes"}\n')
    }
  }

  #record(place: string): StoreRecord | undefined {
    try {
      return JSON.parse(fs.readFileSync(place, "utf8"))
    } catch {
      return undefined
    }
  }

  /** A plan and a run: by the command line, or with the public functions in one process. */
  round(forced: ReadonlyArray<string>, byCommand: boolean): Round {
    const before = this.#project.lines("calls.txt").length
    const plan = byCommand ? this.#byCommand() : this.#inOneProcess(forced)
    return { plan, ran: this.#project.lines("calls.txt").slice(before) }
  }

  #byCommand(): ReadonlyArray<Told> {
    const plan = this.#project.repro(["plan", "--format", "json"], this.#environment)
    const run = this.#project.repro(["run"], this.#environment)
    if (plan.code !== 0 || run.code !== 0) throw new Error(plan.stderr + run.stderr)
    return JSON.parse(plan.stdout)
  }

  #inOneProcess(forced: ReadonlyArray<string>): ReadonlyArray<Told> {
    const options = ["--experimental-import-text", "--disable-warning=ExperimentalWarning"]
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...options, `${import.meta.dirname}/drive.ts`, ...forced],
      { cwd: this.#project.root, encoding: "utf8", env: { PATH: process.env.PATH, ...this.#environment } },
    )
    if (status !== 0 || stderr !== "") throw new Error(stderr)
    return JSON.parse(stdout)
  }

  get #environment(): Readonly<Record<string, string>> {
    return { ...variables(this.#state), REPRO_WORKER_PYTHON: python }
  }

  /** What the view shows of each node's output. */
  value(node: string): unknown {
    const folder = `${this.#project.root}/artifacts/view/edits/small/${node}`
    const [name] = fs.readdirSync(folder)
    return JSON.parse(fs.readFileSync(`${folder}/${name}`, "utf8"))
  }

  #install(state: State): void {
    const file = `${HERE}/package-lock.json`
    const lock = JSON.parse(fs.readFileSync(file, "utf8"))
    const installed = JSON.parse(fs.readFileSync(`${HERE}/node_modules/.package-lock.json`, "utf8"))
    for (const { name, version, module } of ownPackages(state)) {
      const entry = { version, integrity: `sha512-${name}-${version}` }
      for (const each of [lock, installed]) each.packages[`node_modules/${name}`] = entry
      const manifest = { name, version, type: "module", exports: "./index.js" }
      this.#project.write(`node_modules/${name}/package.json`, JSON.stringify(manifest))
      this.#project.write(`node_modules/${name}/index.js`, module)
    }
    this.#project.write("package-lock.json", JSON.stringify(lock))
    this.#project.write("node_modules/.package-lock.json", JSON.stringify(installed))
  }

  /** Every source file gets other times, as a copy or a checkout does. */
  #touch(): void {
    for (const name of Object.keys(sources(this.#state))) {
      const when = new Date(Date.now() - 86_400_000 * (1 + this.#state.harmless.touched))
      fs.utimesSync(`${this.#project.root}/${name}`, when, when)
    }
  }
}
