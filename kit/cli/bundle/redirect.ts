/**
 * Leads imports of bundled modules to the bundle. A pipeline imports the kit and `effect` by themselves; were they loaded
 * from their sources, there would be two of each, and errors and services of one would be strangers to the other.
 */
import { registerHooks } from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { type Bundle, entryOf, generationFolder, writeBundle } from "./manifest.ts"

/** Files of packages that the bundle holds. */
const BUNDLED = /\/node_modules\/(effect|@effect\/[^/]+)\//

/** Addresses of files in a folder. Making each from its path takes long where there are hundreds. */
const addressesIn = (root: string): ((file: string) => string) => {
  const base = pathToFileURL(`${root}/`).href
  const isPlain = (file: string): boolean => /^[\w./@-]+$/.test(file) && !file.includes("..")
  return (file) => (isPlain(file) ? `${base}${file}` : pathToFileURL(`${root}/${file}`).href)
}

/** From now on, this process finds what is bundled in the bundle. */
export const redirect = (bundle: Bundle): void => {
  const folder = generationFolder(bundle)
  const address = addressesIn(bundle.root)
  const files = new Map(Object.entries(bundle.modules).map(([source, file]) => [address(source), file]))
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context)
      const file = files.get(found.url)
      if (file !== undefined)
        return { url: pathToFileURL(`${folder}/${file}`).href, format: "module", shortCircuit: true }
      if (BUNDLED.test(found.url)) runSources(bundle, path.relative(bundle.root, fileURLToPath(found.url)))
      return found
    },
  })
}

/** A part of a bundled package that the bundle lacks: it is noted for the next bundle, and the sources take over. */
const runSources = (bundle: Bundle, file: string): void => {
  try {
    writeBundle({ ...bundle, also: [...bundle.also, file] })
  } catch {
    // A read-only folder: the sources take over each time.
  }
  process.execve?.(process.execPath, [
    process.execPath,
    ...process.execArgv,
    entryOf(bundle.root),
    ...process.argv.slice(2),
  ])
}
