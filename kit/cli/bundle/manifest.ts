/**
 * What the bundled command line was made of. The bundle is used only while every source file is what it was, by the same
 * check as code digests; anything else, a damaged or moved folder included, means that the sources themselves run.
 */
import * as fs from "node:fs"
import { check, type Signature, signatureOf } from "../../code/signature.ts"

/** Raised when the way of bundling changes what a bundle must hold. */
const FORMAT = 1

/** A bundle that was written. */
export interface Bundle {
  readonly format: number
  /** The project's root: a bundle that was moved or copied counts for nothing. */
  readonly root: string
  /** Name of its folder under `.cache/cli`. */
  readonly generation: string
  /** Nanoseconds since 1970, from before the sources were read. */
  readonly signedAt: string
  readonly signatures: Readonly<Record<string, Signature>>
  /** The bundle's file for each bundled source, both relative: to the root, and to the generation's folder. */
  readonly modules: Readonly<Record<string, string>>
  /** Modules of bundled packages that someone imported though the kit doesn't, relative to the root: they are bundled too. */
  readonly also: ReadonlyArray<string>
}

/** The file that runs the sources. */
export const entryOf = (root: string): string => `${root}/kit/cli/entry.ts`

/** The folder of bundles. */
export const bundlesFolder = (root: string): string => `${root}/.cache/cli`

/** The folder of one bundle. */
export const generationFolder = (bundle: Pick<Bundle, "root" | "generation">): string =>
  `${bundlesFolder(bundle.root)}/${bundle.generation}`

const manifestFile = (root: string): string => `${bundlesFolder(root)}/bundle.json`

/** The bundle of a root as it was written last, whether it is fresh or not. */
export const readBundle = (root: string): Bundle | undefined => {
  try {
    const bundle = JSON.parse(fs.readFileSync(manifestFile(root), "utf8")) as Bundle
    return bundle.format === FORMAT && bundle.root === root ? bundle : undefined
  } catch {
    return undefined
  }
}

/** Makes a bundle the one in use. Throws where the folder can't be written. */
export const writeBundle = (bundle: Omit<Bundle, "format">): void => {
  const file = manifestFile(bundle.root)
  fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify({ format: FORMAT, ...bundle }))
  fs.renameSync(`${file}.${process.pid}`, file)
}

/** The bundle if all its sources are as they were. */
export const freshBundle = (root: string): Bundle | undefined => {
  const bundle = readBundle(root)
  if (bundle === undefined || bundle.also.some((file) => !(file in bundle.modules))) return undefined
  const startedAt = BigInt(Date.now()) * 1_000_000n
  const [signedAt, hashes] = [BigInt(bundle.signedAt), new Map<string, string | undefined>()]
  let touched = false
  for (const [file, signature] of Object.entries(bundle.signatures)) {
    const verdict = check(root, file, signature, signedAt, hashes)
    if (verdict === "changed") return undefined
    touched ||= verdict === "touched"
  }
  if (touched) signAgain(bundle, startedAt)
  return bundle
}

/** Same content under other times: signed anew, so that the next start need not read the files. */
const signAgain = (bundle: Bundle, startedAt: bigint): void => {
  const signatures = Object.fromEntries(
    Object.entries(bundle.signatures).map(([file, signature]) => [file, signatureOf(bundle.root, file, signature[4])]),
  )
  try {
    writeBundle({ ...bundle, signedAt: `${startedAt}`, signatures })
  } catch {
    // A read-only folder: the next start reads the files again.
  }
}
