/**
 * Answers of models that were asked over HTTP, one file for each question. They are written as they come and outlive the
 * attempt: a run that was stopped, or whose items failed, pays for none of them twice. No key and no output rests on them
 * otherwise.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { canonicalJson, sha256 } from "../canonical.ts"
import { type StoreLayout, writeAtomically } from "./layout.ts"

/** Where the answer to a question is, or would be. */
export const itemPath = (store: StoreLayout, question: unknown): string => {
  const digest = sha256(canonicalJson(question))
  return `${store.root}/items/${digest.slice(0, 2)}/${digest}.json`
}

/** The answer that is kept, in an object; undefined where there is none that can be read. */
export const readItem = (store: StoreLayout, question: unknown): { readonly answer: unknown } | undefined => {
  try {
    const kept = JSON.parse(fs.readFileSync(itemPath(store, question), "utf8")) as object
    return "answer" in kept ? { answer: kept.answer } : undefined
  } catch {
    return undefined
  }
}

export const writeItem = (store: StoreLayout, question: unknown, answer: unknown): void => {
  const file = itemPath(store, question)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  writeAtomically(file, JSON.stringify({ question, answer }))
}
