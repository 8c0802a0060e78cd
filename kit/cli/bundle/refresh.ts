/** Keeps the bundle of the command line up to date. */
import * as fs from "node:fs"
import { bundlesFolder, freshBundle } from "./manifest.ts"

/**
 * Makes the bundle anew where its sources are no longer those of the last one. Never fails: without a bundle the sources
 * run, which tell a mistake in them themselves.
 */
export const refreshBundle = async (root: string): Promise<void> => {
  const folder = bundlesFolder(root)
  try {
    if (freshBundle(root) !== undefined && fs.existsSync(`${folder}/start.mjs`)) return
    fs.mkdirSync(folder, { recursive: true })
    fs.accessSync(folder, fs.constants.W_OK)
    const { build } = await import("./build.ts")
    await build(root)
  } catch {
    // A read-only folder, a full disk, or sources that can't be bundled: the next start is slower, and that is all.
  }
}
