/**
 * The errors that reach a person. Each says what failed, where, and what to do next; the command line prints exactly
 * these three and never a stack trace.
 */
import * as fs from "node:fs"
import * as Schema from "effect/Schema"

const fields = {
  /** What failed, in one sentence. */
  message: Schema.String,
  /** The place: a file and line, a node, a param. Empty when the message says it. */
  where: Schema.String,
  /** What the person can do next. */
  remedy: Schema.String,
}

/** A pipeline that can't be built: duplicate nodes, empty grids, params out of range, unknown profiles. */
export class PipelineError extends Schema.TaggedError<PipelineError>()("PipelineError", fields) {}

/** A stage that failed on its inputs or inside its own code. `retryable` errors (a busy server) are tried again. */
export class StageError extends Schema.TaggedError<StageError>()("StageError", {
  ...fields,
  retryable: Schema.Boolean,
}) {
  /** A failure that trying again would not mend. */
  static readonly of = (message: string, where: string, remedy: string): StageError =>
    new StageError({ message, where, remedy, retryable: false })
}

/** The store refuses or can't do what was asked: damaged objects, read-only or full disks, unknown formats. */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", fields) {}

/** A worker task that failed: its last lines, its signal, whether memory ran out. */
export class WorkerError extends Schema.TaggedError<WorkerError>()("WorkerError", {
  ...fields,
  kind: Schema.Literals(["input", "memory", "internal", "died", "spawn"]),
}) {}

/** What was typed is not known or not allowed: selectors, profiles, SQL. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", fields) {}

export type KitError = PipelineError | StageError | StoreError | WorkerError | UsageError

/** Result codes of SQLite, as the errnos that they stand for. */
const SQLITE_CODES: Readonly<Record<number, string>> = { 8: "EROFS", 10: "EIO", 13: "ENOSPC", 14: "EACCES" }

/** Codes by which SQLite tells of a full disk too. */
const PERHAPS_FULL = new Set([10, 14])

/** Bytes and inodes that a small database needs; a disk with less counts as full. */
const [NEEDED_BYTES, NEEDED_INODES] = [128 * 1024, 8]

const isFull = (folder: string): boolean => {
  try {
    const { bavail, bsize, files, ffree } = fs.statfsSync(folder)
    return bavail * bsize < NEEDED_BYTES || (files > 0 && ffree < NEEDED_INODES)
  } catch {
    return false
  }
}

/** SQLite's primary result code; undefined for other errors. */
const sqliteCode = (error: unknown): number | undefined => {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown }
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" ? errcode & 0xff : undefined
}

const errnoOf = (error: unknown, folder = ""): string | undefined => {
  const sqlite = sqliteCode(error)
  if (PERHAPS_FULL.has(sqlite ?? 0) && isFull(folder)) return "ENOSPC"
  return sqlite === undefined ? (error as NodeJS.ErrnoException).code : SQLITE_CODES[sqlite]
}

/** Whether SQLite says that a file is no database or a damaged one. */
export const isDamagedDatabase = (error: unknown): boolean => [11, 26].includes(sqliteCode(error) ?? 0)

/** Whether SQLite says that a database is damaged, or lacks the tables and columns that a statement names. */
export const isUnfitDatabase = (error: unknown): boolean => isDamagedDatabase(error) || sqliteCode(error) === 1

/** Errnos that tell of the machine, whatever code met them. */
const OF_THE_MACHINE = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO", "EMFILE", "ENFILE"])

/** Whether an error tells of a full, failing or read-only disk, and not of the code that met it. */
export const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error && OF_THE_MACHINE.has(errnoOf(error) ?? "")

/** Turns an errno of the file system, or an error of SQLite on a file in `folder`, into a sentence with a remedy. */
export const describeErrno = (error: unknown, folder?: string): { message: string; remedy: string } => {
  const { message, path } = error as NodeJS.ErrnoException
  const place = path === undefined ? "" : ` (${path})`
  switch (errnoOf(error, folder)) {
    case "ENOSPC":
      return {
        message: `The disk is full${place}`,
        remedy: "Free some space (see `df`; `df -i` for very many files), then run again: finished work is kept.",
      }
    case "EIO":
      return {
        message: `The disk reports an error (${message})`,
        remedy: "Check the disk and its cables or mount (`dmesg` tells more), then run again: finished work is kept.",
      }
    case "EDQUOT":
      return {
        message: `The disk quota is used up${place}`,
        remedy: "Free some space, then run again: finished work is kept.",
      }
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return {
        message: `The folder can't be written to${place}`,
        remedy:
          "Give write permission, or choose another store with --store FOLDER. Queries work on a read-only store.",
      }
    case "ENOENT":
      return { message: `A file is missing${place}`, remedy: "Check the path, then run again." }
    case "ENAMETOOLONG":
      return { message: "A name is longer than the file system allows", remedy: "Choose a shorter one." }
    case "ELOOP":
      return { message: `A link leads to itself${place}`, remedy: "Remove that link, then run again." }
    case "EMFILE":
    case "ENFILE":
      return { message: "Too many files are open", remedy: "Raise the limit with `ulimit -n 4096`, then run again." }
    default:
      return {
        message: message ?? String(error),
        remedy: "Run again; if it stays, `repro show NODE` tells where the log is.",
      }
  }
}
