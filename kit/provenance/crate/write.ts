/** Writes a crate: a folder that appears whole, or a zip file. Bytes come from the store by digest, sources from the project. */
import * as fs from "node:fs"
import * as path from "node:path"
import { pipeline } from "node:stream/promises"
import yazl from "yazl"
import { UsageError } from "../../errors.ts"
import { objectPath, type StoreLayout } from "../../store/layout.ts"
import type { Crate, CrateFile } from "./crate.ts"

const METADATA = "ro-crate-metadata.json"

/** Where the bytes of a crate's files are. */
interface Places {
  readonly root: string
  readonly store: StoreLayout
}

const placeOf = ({ root, store }: Places, file: CrateFile): string =>
  file.kind === "object" ? objectPath(store, file.digest) : `${root}/${file.path}`

/** Writes the crate to a new or empty folder, or to a file that ends in `.zip`. */
export const writeCrate = async (crate: Crate, places: Places, target: string): Promise<void> => {
  refuseTaken(target)
  const partial = `${target}.partial`
  fs.rmSync(partial, { recursive: true, force: true })
  try {
    if (target.endsWith(".zip")) await writeZip(crate, places, partial)
    else writeFolder(crate, places, partial)
    fs.renameSync(partial, target)
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

const refuseTaken = (target: string): void => {
  const stat = fs.statSync(target, { throwIfNoEntry: false })
  if (stat === undefined || (stat.isDirectory() && fs.readdirSync(target).length === 0)) return
  throw new UsageError({
    message: stat.isDirectory() ? "The folder is not empty" : "The file is there already",
    where: target,
    remedy: "Name a new one, or remove it.",
  })
}

const writeFolder = (crate: Crate, places: Places, folder: string): void => {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(`${folder}/${METADATA}`, crate.metadata)
  for (const file of crate.files) {
    const place = `${folder}/${file.path}`
    fs.mkdirSync(path.dirname(place), { recursive: true })
    fs.copyFileSync(placeOf(places, file), place, fs.constants.COPYFILE_FICLONE)
    fs.chmodSync(place, 0o644)
  }
}

/** The earliest time that a zip file can hold, so that the same crate has the same bytes. */
const TIME = new Date(1980, 0, 1)

const writeZip = async (crate: Crate, places: Places, file: string): Promise<void> => {
  const zip = new yazl.ZipFile()
  const options = { mtime: TIME, mode: 0o100644, forceDosTimestamp: true }
  zip.addBuffer(Buffer.from(crate.metadata), METADATA, options)
  for (const member of crate.files) zip.addFile(placeOf(places, member), member.path, options)
  zip.end()
  await pipeline(zip.outputStream, fs.createWriteStream(file))
}
