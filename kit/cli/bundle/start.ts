/**
 * Starts the bundled command line. This file is bundled itself, to `.cache/cli/start.mjs`, so that a start needs neither
 * type stripping nor hundreds of files; `bin/repro` takes it where it is there. When the bundle isn't what the sources
 * are any more, the sources run, and make it anew.
 */
import { enableCompileCache } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { entryOf, freshBundle, generationFolder } from "./manifest.ts"
import { redirect } from "./redirect.ts"
import { useGeneration } from "./users.ts"

const root = path.resolve(process.argv[1] ?? "", "../../..")
const bundle = freshBundle(root)
const main = bundle?.modules["kit/cli/main.ts"]
if (bundle !== undefined && main !== undefined && useGeneration(generationFolder(bundle))) {
  enableCompileCache(`${generationFolder(bundle)}/compile`)
  redirect(bundle)
  await import(pathToFileURL(`${generationFolder(bundle)}/${main}`).href)
} else {
  await import(pathToFileURL(entryOf(root)).href)
}
