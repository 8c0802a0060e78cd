/**
 * Pins: results that a person wants kept, whatever becomes of the pipeline. A pin is one file under `pins/` that holds the
 * records as they were, so that a forced rerun under the same key doesn't change what was pinned.
 */
import * as fs from "node:fs"
import { StoreError, UsageError } from "../errors.ts"
import { type StoreLayout, safeName, writeAtomically } from "./layout.ts"
import type { StoreRecord } from "./record.ts"
import { isRecordShaped } from "./record-shape.ts"

const PIN_FORMAT = 1

export interface Pin {
  readonly format: typeof PIN_FORMAT
  readonly name: string
  /** When it was made, as an ISO time. */
  readonly made: string
  readonly pipeline: string
  readonly profile: string
  readonly records: ReadonlyArray<StoreRecord>
}

const folder = (store: StoreLayout): string => `${store.root}/pins`

const pinPath = (store: StoreLayout, name: string): string => `${folder(store)}/${safeName(name)}.json`

/** All pins by name. One that can't be read is an error: what it keeps would be taken for garbage. */
export const readPins = (store: StoreLayout): ReadonlyArray<Pin> =>
  (fs.existsSync(folder(store)) ? fs.readdirSync(folder(store)) : [])
    .filter((file) => file.endsWith(".json"))
    .map((file) => readPin(`${folder(store)}/${file}`))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const readPin = (file: string): Pin => {
  try {
    const pin = JSON.parse(fs.readFileSync(file, "utf8")) as Pin
    const { format, name, made, records } = pin
    const isWhole =
      format === PIN_FORMAT && [name, made, pin.pipeline, pin.profile].every((text) => typeof text === "string")
    if (isWhole && Array.isArray(records) && records.every(isRecordShaped)) return pin
  } catch {
    // told below
  }
  throw new StoreError({
    message: "A pin can't be read",
    where: file,
    remedy: "Use the version of the kit that wrote it; if the file is broken, remove it, and pin the results again.",
  })
}

/** Keeps records under a name that is not taken. */
export const writePin = (store: StoreLayout, pin: Omit<Pin, "format">, scratch: string): void => {
  if (pin.name.trim() === "") {
    throw new UsageError({
      message: "A pin needs a name",
      where: "",
      remedy: "Give one, such as `repro pin submitted`.",
    })
  }
  if (fs.existsSync(pinPath(store, pin.name))) {
    throw new UsageError({
      message: `There is a pin named "${pin.name}" already`,
      where: pin.name,
      remedy: "Choose another name, or drop the old one with `repro unpin NAME`.",
    })
  }
  fs.mkdirSync(folder(store), { recursive: true })
  writeAtomically(pinPath(store, pin.name), `${JSON.stringify({ format: PIN_FORMAT, ...pin })}\n`, scratch)
}

/** Drops a pin; what it kept stays until the next collection. */
export const removePin = (store: StoreLayout, name: string): void => {
  if (!fs.existsSync(pinPath(store, name))) {
    const names = readPins(store).map((pin) => pin.name)
    throw new UsageError({
      message: `There is no pin named "${name}"`,
      where: name,
      remedy: names.length === 0 ? "There are no pins." : `Choose one of: ${names.join(", ")}.`,
    })
  }
  fs.rmSync(pinPath(store, name))
}
