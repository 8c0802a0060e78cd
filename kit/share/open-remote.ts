/** Opens a remote by what a person typed: a folder, a pack, `s3://BUCKET/PREFIX`, or `hf://datasets/OWNER/NAME`. */
import { fileURLToPath } from "node:url"
import { UsageError } from "../errors.ts"
import { STORE_FORMAT } from "../store/layout.ts"
import { statOf } from "../store/stat-of.ts"
import { FORMAT_PATH, type OpenOptions, type Remote, readSmall, remoteError } from "./remote.ts"

/** Opens it and checks its format. Clients are loaded when they are wanted. */
export const openRemote = async (text: string, options: OpenOptions): Promise<Remote> => {
  const remote = await open(text, options)
  const format = await readSmall(remote, FORMAT_PATH, 100, options.signal)
  if (format === undefined && options.write) return remote
  if (format === undefined) {
    throw remoteError(
      remote.name,
      `Nothing was shared at ${remote.name} yet`,
      "Check the address, or `repro push` there first.",
    )
  }
  if (format.toString("utf8").trim() === String(STORE_FORMAT)) return remote
  throw remoteError(
    remote.name,
    `What lies at ${remote.name} has format ${JSON.stringify(format.toString("utf8").trim())}; this version reads format ${STORE_FORMAT}`,
    "Use the version of the kit that wrote it.",
  )
}

const open = async (text: string, options: OpenOptions): Promise<Remote> => {
  if (text.startsWith("s3://")) return (await import("./s3.ts")).openS3(text, options)
  if (text.startsWith("hf://")) return (await import("./hugging-face.ts")).openHuggingFace(text, options)
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== "file") {
    throw new UsageError({
      message: `A place that begins with ${scheme}:// is not known`,
      where: "",
      remedy: "Give a folder, a pack, s3://BUCKET/PREFIX or hf://datasets/OWNER/NAME.",
    })
  }
  const place = scheme === "file" ? localPath(text) : text
  if (place === "")
    throw new UsageError({
      message: "The remote has no name",
      where: "",
      remedy: "Give a folder, a pack, s3://… or hf://…",
    })
  if (!statOf(place)?.isFile()) return (await import("./folder.ts")).openFolder(place, options)
  if (options.write) {
    throw new UsageError({
      message: `${place} is a file: nothing can be pushed into it`,
      where: place,
      remedy: "Push into a folder, or write another pack with `repro pack FILE`.",
    })
  }
  return (await import("./pack-remote.ts")).openPack(place, options)
}

const localPath = (url: string): string => {
  try {
    return fileURLToPath(url)
  } catch (error) {
    throw new UsageError({
      message: `That is no address of a folder: ${(error as Error).message}`,
      where: url,
      remedy: "Write file:///PATH, or the path alone.",
    })
  }
}
