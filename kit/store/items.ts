/**
 * Answers of models that were asked over HTTP, one file for each question. They are written as they come and outlive the
 * attempt: a run that was stopped, or whose items failed, pays for none of them twice. No key and no output rests on them
 * otherwise. Which keys asked for them is noted, so that a collection can tell whose they are.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { canonicalJson, sha256 } from "../canonical.ts"
import { type StoreLayout, shardsOf, writeAtomically } from "./layout.ts"

/** The name of a question: the SHA-256 of its canonical JSON. */
export const itemName = (question: unknown): string => sha256(canonicalJson(question))

/** Where the answer to a question of that name is, or would be. */
export const itemPath = (store: StoreLayout, name: string): string =>
  `${store.root}/items/${name.slice(0, 2)}/${name}.json`

/** The answer that is kept, in an object; undefined where there is none that can be read. */
export const readItem = (store: StoreLayout, name: string): { readonly answer: unknown } | undefined => {
  try {
    const kept = JSON.parse(fs.readFileSync(itemPath(store, name), "utf8")) as object
    return "answer" in kept ? { answer: kept.answer } : undefined
  } catch {
    return undefined
  }
}

/** Keeps the answer to a question under the question's name. */
export const writeItem = (store: StoreLayout, name: string, question: unknown, answer: unknown): void => {
  const file = itemPath(store, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  writeAtomically(file, JSON.stringify({ question, answer }))
}

/** The names of all questions whose answers are kept. */
export const itemNames = (store: StoreLayout): ReadonlyArray<string> =>
  shardsOf(`${store.root}/items`).flatMap((shard) =>
    fs.readdirSync(`${store.root}/items/${shard}`).flatMap((file) => /^([0-9a-f]{64})\.json$/u.exec(file)?.[1] ?? []),
  )

/** A file for each key that asked, with the name of a question on each line. */
const notes = (store: StoreLayout): string => `${store.root}/items/asked-by`

export const notePath = (store: StoreLayout, key: string): string => `${notes(store)}/${key}`

/** Notes that the work of a key asks a question; before its answer is kept, so that none is without a note. */
export const noteAsked = (store: StoreLayout, key: string, name: string): void => {
  fs.mkdirSync(notes(store), { recursive: true })
  fs.appendFileSync(notePath(store, key), `\n${name}\n`)
}

/** The names of the questions that each key asked; a line that a kill cut off names nothing. */
export const askedByKey = (store: StoreLayout): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    (fs.existsSync(notes(store)) ? fs.readdirSync(notes(store)) : []).map((key) => {
      const lines = fs.readFileSync(notePath(store, key), "utf8").split("\n")
      return [key, new Set(lines.filter((line) => /^[0-9a-f]{64}$/u.test(line)))]
    }),
  )
