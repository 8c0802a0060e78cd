/**
 * Where an import leads, by the rules that Node itself follows for modules: a relative path names a file exactly as
 * it lies on the disk (no extension is guessed, no `tsconfig` path is read), everything else is a package.
 */
import { realpathSync } from "node:fs"
import { isBuiltin } from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** What an import stands for. */
export type Destination =
  /** A file of the project; `link` is the path as written where that is a symbolic link. */
  | { readonly kind: "file"; readonly file: string; readonly link?: string }
  /** A module of the engine, by an id that doesn't depend on where the project lies. */
  | { readonly kind: "engine"; readonly id: string }
  | { readonly kind: "package"; readonly id: string }
  | { readonly kind: "builtin"; readonly id: string }
  | { readonly kind: "unresolved"; readonly what: string; readonly remedy: string }

/** A path relative to the root, with `/` between its parts on every system. */
export const relativeTo = (root: string, file: string): string => path.relative(root, file).split(path.sep).join("/")

/** Whether a file belongs to the engine: `kit/`, but not the helpers in `kit/lib/` that stages compute with. */
export const isEngine = (root: string, file: string): boolean => /^kit\/(?!lib\/)/.test(relativeTo(root, file))

/** Finds what `specifier` means in the module `importer` (an absolute path). Both sides of a symbolic link are told. */
export const resolve = (root: string, importer: string, specifier: string): Destination => {
  if (isBuiltin(specifier)) return { kind: "builtin", id: specifier.replace(/^(?!node:)/, "node:") }
  if (/^(\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return resolveFile(root, importer, specifier)
  if (/^(#|[a-z]+:)/.test(specifier)) {
    return {
      kind: "unresolved",
      what: `the import "${specifier}" can't be followed`,
      remedy: "Import the file by its relative path",
    }
  }
  return { kind: "package", id: specifier }
}

const resolveFile = (root: string, importer: string, specifier: string): Destination => {
  const written = fileURLToPath(new URL(specifier.replace(/[?#].*$/s, ""), pathToFileURL(importer)))
  if (isEngine(root, written)) return { kind: "engine", id: `kit:${relativeTo(path.join(root, "kit"), written)}` }
  try {
    const file = realpathSync(written)
    return file === written ? { kind: "file", file } : { kind: "file", file, link: written }
  } catch {
    return {
      kind: "unresolved",
      what: `the import "${specifier}" leads to no file`,
      remedy: "Write the path as it is on the disk, with its extension",
    }
  }
}
