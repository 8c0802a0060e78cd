/**
 * Whether a file is still what it was. Its size, times and inode answer without reading it; if one of them differs, or
 * if it was written so shortly before it was read that the clock may not show a second write, its content is hashed.
 */
import { hash } from "node:crypto"
import { type BigIntStats, readdirSync, readFileSync, statSync } from "node:fs"

/** Size, time of change of content and of entry (nanoseconds), inode, and SHA-256. `null` times: never to be trusted. */
export type Signature = readonly [size: string, mtime: string, ctime: string, inode: string, content: string]

/** What a check found: as before, same content under other times, or other content (or no file). */
export type Verdict = "same" | "touched" | "changed"

/** Younger files may be written twice without their times telling: file systems' clocks tick coarsely. */
const RACY_NANOSECONDS = 2_000_000_000n

/** The place of a file whose path below the root is a plain one. */
const placeOf = (root: string, file: string): string => `${root}/${file}`

const statOf = (root: string, file: string): BigIntStats | undefined =>
  statSync(placeOf(root, file), { bigint: true, throwIfNoEntry: false })

/** A folder's content is the names in it, caches and hidden files left out; as in `python_sources.py`. */
const namesIn = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => !/^(\.|__pycache__)/.test(name) && !name.endsWith(".pyc"))
    .sort()
    .join("\n")

const contentOf = (root: string, file: string): string | undefined => {
  const place = placeOf(root, file)
  try {
    return hash("sha256", file.endsWith("/") ? namesIn(place) : readFileSync(place))
  } catch {
    return undefined
  }
}

const sign = (stat: BigIntStats, content: string): Signature => [
  `${stat.size}`,
  `${stat.mtimeNs}`,
  `${stat.ctimeNs}`,
  `${stat.ino}`,
  content,
]

/** The signature of a file whose content was just read. A file that is gone by now gets one that never matches. */
export const signatureOf = (root: string, file: string, content: string): Signature => {
  const stat = statOf(root, file)
  return stat === undefined ? ["", "", "", "", content] : sign(stat, content)
}

/**
 * Compares a file with its signature. `signedAt` is the time (nanoseconds since 1970) before which it was not yet read;
 * `hashes` remembers contents over several checks.
 */
export const check = (
  root: string,
  file: string,
  signature: Signature,
  signedAt: bigint,
  hashes: Map<string, string | undefined>,
): Verdict => {
  const stat = statOf(root, file)
  const [size, mtime, ctime, inode, content] = signature
  if (stat === undefined) return "changed"
  const trusted = stat.mtimeNs < signedAt - RACY_NANOSECONDS && stat.ctimeNs < signedAt - RACY_NANOSECONDS
  const alike =
    `${stat.size}` === size && `${stat.mtimeNs}` === mtime && `${stat.ctimeNs}` === ctime && `${stat.ino}` === inode
  if (alike && trusted) return "same"
  if (!hashes.has(file)) hashes.set(file, contentOf(root, file))
  return hashes.get(file) === content ? "touched" : "changed"
}
