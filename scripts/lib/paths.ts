/**
 * Where this repository keeps what its scripts use: everything that can be thrown away lies under `.cache/`.
 */
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The repository's root folder, an absolute path. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Folder for everything that a script makes and can make again. */
export const cache = join(root, ".cache")

/** Interpreter of a Python environment, by its folder under `.cache`. */
export const pythonOf = (environment: string): string => join(cache, environment, "bin", "python")

/** A path as a person in the repository's root would write it. */
export const shown = (path: string): string => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)
