/** The tools that are compared. Each does the same trivial work its own way, in folders that nobody used before. */
import * as fs from "node:fs"
import { root } from "../../scripts/lib/paths.ts"
import { benchFolder, type Command, measure } from "./measure.ts"

/** What stages do: write their number, or copy a file of their own. */
export type Kind = "numbers" | "files"

/** A number of independent stages laid out for a tool. */
export interface Work {
  /** Runs what must run. */
  readonly run: Command
  /** Makes all results be there, in the quickest way that the tool has. */
  readonly fill: () => void
  /** Changes the file of one stage; only where the stages copy files. */
  readonly change: (text: string) => void
}

/** A tool under test. */
export interface Tool {
  readonly name: string
  /** The environment under `.cache` that holds it; ours needs none. */
  readonly environment: string | undefined
  readonly lay: (kind: Kind, size: number) => Work
}

/** Seconds that the making of results may take, which isn't measured. */
const UNHURRIED = 3600

let count = 0

/** An empty folder: old stores are not deleted while anything is measured, since that stalls later writes. */
const freshFolder = (): string => {
  const folder = `${benchFolder}/runs/${process.pid}-${count++}`
  fs.mkdirSync(folder, { recursive: true })
  return folder
}

const numbers = (size: number): ReadonlyArray<number> => Array.from({ length: size }, (_, n) => n)

const layFiles = (folder: string, size: number): void => {
  fs.mkdirSync(folder, { recursive: true })
  for (const n of numbers(size)) fs.writeFileSync(`${folder}/${n}.txt`, `${n}\n`)
}

const repro: Tool = {
  name: "repro",
  environment: undefined,
  lay: (kind, size) => {
    const store = `${freshFolder()}/store`
    const files = `${benchFolder}/files`
    if (kind === "files") layFiles(files, size)
    const options = ["--pipeline", "bench/cache/many.ts", "--profile", `${kind}-${size}`, "--store", store]
    const run = { folder: root, command: ["bin/repro", "run", ...options] }
    return {
      run,
      fill: () => void measure(run, UNHURRIED),
      change: (text) => fs.writeFileSync(`${files}/${Math.floor(size / 2)}.txt`, text),
    }
  },
}

/** A tool that works in a folder on files beside it. */
const inFolder = (
  name: string,
  lay: (folder: string, kind: Kind, size: number) => { readonly run: ReadonlyArray<string>; readonly fill: () => void },
): Tool => ({
  name,
  environment: `bench-${name.toLowerCase()}`,
  lay: (kind, size) => {
    const folder = freshFolder()
    if (kind === "files") layFiles(`${folder}/files`, size)
    const { run, fill } = lay(folder, kind, size)
    return {
      run: { folder, command: run },
      fill,
      change: (text) => fs.writeFileSync(`${folder}/files/${Math.floor(size / 2)}.txt`, text),
    }
  },
})

const binary = (environment: string, name: string): string => `${root}/.cache/${environment}/bin/${name}`

const snakemake = inFolder("Snakemake", (folder, kind, size) => {
  const work = kind === "files" ? 'input: "files/{n}.txt"\n    ' : ""
  const shell = kind === "files" ? "cp {input} {output}" : "echo {wildcards.n} > {output}"
  fs.writeFileSync(
    `${folder}/Snakefile`,
    `rule all:
    input: expand("out/{n}.txt", n=range(${size}))

rule write:
    ${work}output: "out/{n}.txt"
    shell: "${shell}"
`,
  )
  const run = [binary("bench-snakemake", "snakemake"), "--cores", "2", "--quiet"]
  return {
    run,
    fill: () => {
      layFiles(`${folder}/out`, size)
      measure({ folder, command: [...run, "--touch"] }, UNHURRIED)
    },
  }
})

const dvc = inFolder("DVC", (folder, kind, size) => {
  const from = kind === "files" ? `\n    deps:\n      - files/\${item.n}.txt` : ""
  const command =
    kind === "files" ? `cp files/\${item.n}.txt out/\${item.n}.txt` : `echo \${item.n} > out/\${item.n}.txt`
  fs.writeFileSync(
    `${folder}/dvc.yaml`,
    `stages:
  write:
    matrix:
      n: [${numbers(size).join(", ")}]
    cmd: ${command}${from}
    outs:
      - out/\${item.n}.txt
`,
  )
  const program = binary("bench-dvc", "dvc")
  fs.mkdirSync(`${folder}/out`, { recursive: true })
  measure({ folder, command: [program, "init", "--no-scm", "--quiet"] })
  measure({ folder, command: [program, "config", "core.analytics", "false"] })
  return {
    run: [program, "repro", "--quiet"],
    fill: () => {
      layFiles(`${folder}/out`, size)
      measure({ folder, command: [program, "commit", "--force", "--quiet"] }, UNHURRIED)
    },
  }
})

const redun = inFolder("redun", (folder, kind, size) => {
  const body = kind === "files" ? "source.read()" : 'f"{n}\\n"'
  fs.mkdirSync(`${folder}/out`, { recursive: true })
  fs.writeFileSync(
    `${folder}/workflow.py`,
    `from redun import File, task

redun_namespace = "bench"


@task()
def write(n: int, source: File | None) -> File:
    out = File(f"out/{n}.txt")
    out.write(${body})
    return out


@task()
def main() -> list[File]:
    return [write(n, ${kind === "files" ? 'File(f"files/{n}.txt")' : "None"}) for n in range(${size})]
`,
  )
  const run = [binary("bench-redun", "redun"), "run", "workflow.py", "main"]
  return { run, fill: () => void measure({ folder, command: run }, UNHURRIED) }
})

/** Ours first. */
export const tools: ReadonlyArray<Tool> = [repro, snakemake, redun, dvc]
