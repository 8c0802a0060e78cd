/**
 * A temporary project for tests of the engine: a copy of `kit`, the same Node packages, and stages and pipelines written
 * from texts, in a folder whose name has a space and a letter outside ASCII. `repro` runs its real command line.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { onTestFinished } from "vitest"

const HERE = path.resolve(import.meta.dirname, "../../..")

/** What a command came to. */
export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string>>

/** How a command line is started, where that is not as usual. */
export interface Launch {
  readonly environment?: Environment
  /** A program with its arguments that starts the command line, such as `strace`. */
  readonly through?: ReadonlyArray<string>
  /** In a process group of its own, whose id is the child's. */
  readonly detached?: boolean
  /** A program with its arguments that runs in place of the command line. */
  readonly instead?: ReadonlyArray<string>
}

/** A command that still runs. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Result & { readonly signal: NodeJS.Signals | null }>
}

export interface TestProject {
  readonly root: string
  readonly write: (name: string, text: string) => void
  /** Replaces text in a file; one that is not there is a mistake of the test. */
  readonly edit: (name: string, from: string | RegExp, to: string) => void
  readonly read: (name: string) => string
  readonly exists: (name: string) => boolean
  /** Runs the command line and waits. */
  readonly repro: (args: ReadonlyArray<string>, environment?: Environment) => Result
  /** Starts the command line. */
  readonly start: (args: ReadonlyArray<string>, environment?: Environment) => Running
  readonly launch: (args: ReadonlyArray<string>, how: Launch) => Running
  /** The program and arguments that the command line is. */
  readonly commandLine: (args: ReadonlyArray<string>) => ReadonlyArray<string>
  /** Lines of a file, none where it is missing: stages tell in `calls.txt` that they ran. */
  readonly lines: (name: string) => ReadonlyArray<string>
}

/** The environment of this process without what would change how the command line works. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(REPRO_|VITEST|NODE_OPTIONS$|CI$|MIRROR$|FORCE_COLOR$)/.test(name),
    ),
  )

const command = (root: string, args: ReadonlyArray<string>): ReadonlyArray<string> => [
  "--experimental-import-text",
  "--disable-warning=ExperimentalWarning",
  `${root}/kit/cli/entry.ts`,
  ...args,
]

/** Takes what removes a folder, to call it later. */
export type OnFinished = (remove: () => void) => void

/** A folder that is removed when the test has finished, or when `onFinished` says. */
export const temporaryFolder = (onFinished: OnFinished = onTestFinished): string => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "repro kit é ")))
  onFinished(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Makes a project that holds these files. */
export const makeProject = (
  files: Readonly<Record<string, string>>,
  onFinished: OnFinished = onTestFinished,
): TestProject => {
  const root = temporaryFolder(onFinished)
  const place = (name: string): string => path.join(root, name)
  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(place(name)), { recursive: true })
    fs.writeFileSync(place(name), text)
  }
  const read = (name: string): string => fs.readFileSync(place(name), "utf8")
  const environment = (more: Environment = {}) => ({ ...inherited(), NO_COLOR: "1", ...more })
  const commandLine = (args: ReadonlyArray<string>) => [process.execPath, ...command(root, args)]
  const launch = (
    args: ReadonlyArray<string>,
    { environment: more, through = [], detached = false, instead }: Launch,
  ) => {
    const [program, ...rest] = instead ?? [...through, ...commandLine(args)]
    const child = spawn(program as string, rest, { cwd: root, env: environment(more), detached })
    const texts = { stdout: "", stderr: "" }
    child.stdout.on("data", (data) => (texts.stdout += data))
    child.stderr.on("data", (data) => (texts.stderr += data))
    const ended = new Promise<Result & { signal: NodeJS.Signals | null }>((resolve) =>
      child.on("close", (code, signal) => resolve({ code, signal, ...texts })),
    )
    return { child, ended }
  }
  fs.cpSync(`${HERE}/kit`, place("kit"), { recursive: true })
  fs.cpSync(`${HERE}/package-lock.json`, place("package-lock.json"))
  fs.symlinkSync(`${HERE}/node_modules`, place("node_modules"))
  write("package.json", JSON.stringify({ type: "module", repro: { pipeline: "pipelines/main.ts" } }))
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    root,
    write,
    read,
    exists: (name) => fs.existsSync(place(name)),
    edit: (name, from, to) => {
      const before = read(name)
      const after = before.replace(from, to)
      if (after === before) throw new Error(`the edit of ${name} changes nothing`)
      write(name, after)
    },
    lines: (name) =>
      fs.existsSync(place(name))
        ? read(name)
            .split("\n")
            .filter((line) => line !== "")
        : [],
    repro: (args, more) => {
      const result = spawnSync(process.execPath, command(root, args), {
        cwd: root,
        encoding: "utf8",
        maxBuffer: 256 << 20,
        env: environment(more),
      })
      if (result.error) throw result.error
      return { code: result.status, stdout: result.stdout, stderr: result.stderr }
    },
    commandLine,
    launch,
    start: (args, more) => launch(args, more === undefined ? {} : { environment: more }),
  }
}

/** Waits until a condition holds, or fails after so many milliseconds. */
export const until = async (condition: () => boolean, what: string, milliseconds = 20_000): Promise<void> => {
  const end = performance.now() + milliseconds
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited too long until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Every file under a folder, by relative path. */
export const filesUnder = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
