/**
 * Declares the files of `data/` that the pipelines read, each with its size and SHA-256: a file that differs from what is
 * declared stops the run. `node scripts/declare-data.ts` writes the declarations after an edit, `--check` fails when they
 * are not what it would write.
 */
import { createHash } from "node:crypto"
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { root, shown } from "./lib/paths.ts"
import { Complaint, main, say } from "./lib/progress.ts"

const target = join(root, "pipelines", "profiles", "own-data.ts")

const declaration = (path: string): string => {
  const bytes = readFileSync(join(root, path))
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  return `  "${path}": {\n    bytes: ${bytes.length},\n    sha256: "${sha256}",\n  },`
}

const declarations = (paths: readonly string[]): string => `/**
 * The files of \`data/\` with their sizes and digests, as this commit has them. Written by \`node scripts/declare-data.ts\`:
 * run it after you edit one.
 */
export const ownData = {
${paths.map(declaration).join("\n")}
} as const
`

/** Which paths a text declares otherwise than another. */
const differing = (declared: string, found: string, paths: readonly string[]): readonly string[] => {
  const part = (text: string, path: string) => text.split(`"${path}": {`)[1]?.split("}")[0]
  const stale = [...declared.matchAll(/^ {2}"([^"]+)"/gmu)].map((match) => match[1] ?? "")
  return [...new Set([...paths, ...stale])].filter((path) => part(declared, path) !== part(found, path))
}

await main("declare-data", async () => {
  const paths = globSync("data/**/*.{jsonl,csv}", { cwd: root }).sort()
  const text = declarations(paths)
  if (process.argv.includes("--check")) {
    const declared = readFileSync(target, "utf8")
    if (declared === text) return say(`${shown(target)} declares the ${paths.length} files as they are`)
    const names = differing(declared, text, paths).join(", ") || "its text"
    throw new Complaint(`${shown(target)} is out of date: ${names}. If the edit is meant, run \`make declare-data\`.`)
  }
  writeFileSync(target, text)
  say(`declared ${paths.length} files in ${shown(target)}`)
})
