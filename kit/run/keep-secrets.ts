/**
 * Keeps the values of a stage's declared secrets out of everything that outlives its run: an output that holds one is
 * refused, and messages and the folder of a failure get the variable's name in its place.
 */
import * as fs from "node:fs"
import { StageError, StoreError, WorkerError } from "../errors.ts"
import { holdsSecret, redact } from "../executors/redact.ts"
import type { Node } from "../node.ts"
import type { NodeError } from "./execute-node.ts"

export type Secrets = Readonly<Record<string, string>>

/** The secrets of a node's stage that are set, by name. */
export const secretsOf = ({ stage }: Node): Secrets =>
  Object.fromEntries(stage.secrets.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))

/** An error whose texts hold no secret. */
export const withoutSecrets = (error: NodeError, secrets: Secrets): NodeError => {
  const clean = (text: string): string => redact(text, secrets)
  const texts = { message: clean(error.message), where: clean(error.where), remedy: clean(error.remedy) }
  if (error._tag === "WorkerError") return new WorkerError({ ...texts, kind: error.kind })
  if (error._tag === "StageError") return new StageError({ ...texts, retryable: error.retryable })
  return new StoreError(texts)
}

/** Larger files are weights, which no token gets into by a slip, and reading them twice would take its time. */
const LARGEST = 64 * 2 ** 20

/** Refuses bytes that are to be stored when they hold a secret. */
export const refuseSecret = (bytes: string | Uint8Array, secrets: Secrets, place: string): void => {
  const found = holdsSecret(bytes, secrets)
  if (found === undefined) return
  throw StageError.of(
    `The output holds the value of ${found}, which is declared as a secret`,
    place,
    "Keep it out of what the stage gives: artifacts are shown and shared.",
  )
}

/** As `refuseSecret`, for the files that a task left: one, or all under a folder. */
export const refuseSecretFiles = (output: string, secrets: Secrets, place: string): void => {
  for (const file of smallFiles(output, secrets)) refuseSecret(fs.readFileSync(file), secrets, place)
}

/** Puts names in the place of secrets in all files under a folder that is kept to be looked at. */
export const cleanFolder = (folder: string, secrets: Secrets): void => {
  for (const file of smallFiles(folder, secrets)) {
    const bytes = fs.readFileSync(file)
    if (holdsSecret(bytes, secrets) === undefined) continue
    // One byte a character: bytes that are no text stay as they are.
    const inBytes = Object.entries(secrets).map(([name, value]) => [name, Buffer.from(value).toString("latin1")])
    fs.writeFileSync(file, redact(bytes.toString("latin1"), Object.fromEntries(inBytes)), "latin1")
  }
}

const smallFiles = (place: string, secrets: Secrets): ReadonlyArray<string> => {
  const stat = fs.lstatSync(place, { throwIfNoEntry: false })
  if (stat === undefined || Object.keys(secrets).length === 0) return []
  if (stat.isFile()) return stat.size <= LARGEST ? [place] : []
  if (!stat.isDirectory()) return []
  return fs.readdirSync(place).flatMap((name) => smallFiles(`${place}/${name}`, secrets))
}
