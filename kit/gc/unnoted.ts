/**
 * Kept answers of which nobody noted who asked for them: versions of the kit before notes kept them so. They go once it is
 * known of all work that pipelines and pins reach what it asks; while that can't be told of some, all of them stay.
 */
import * as fs from "node:fs"
import type { NodePlan, Plan } from "../plan/plan.ts"
import type { Project } from "../project.ts"
import type { Verified } from "../run/verify-inputs.ts"
import { askedByKey, itemNames, itemPath } from "../store/items.ts"
import type { Scope } from "../store/layout.ts"
import { readRecord, recordKeys } from "../store/record.ts"
import { questionsOf } from "./questions.ts"
import type { Roots } from "./roots.ts"

/** A node that asks models, as it is planned. */
export interface AskingNode {
  readonly plan: Plan
  readonly planned: NodePlan
  /** The key that it last had. */
  readonly head: string | undefined
}

/** Who asked for what as far as that was noted or could be found out, and whose answers nobody asks for. */
export interface Unnoted {
  /** Names of questions by the keys that ask them: those of the notes, and those found now. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>
  readonly found: ReadonlyMap<string, ReadonlySet<string>>
  /** Names of answers that nothing asks for. */
  readonly dead: ReadonlyArray<string>
  /** Answers that stay because it can't be told whether something asks for them. */
  readonly untold: Untold | undefined
}

export interface Untold {
  readonly count: number
  readonly bytes: number
  readonly reason: string
}

/** Milliseconds that an answer is left alone: an older version of the kit may still run. */
const YOUNG = 3600 * 1000

/** Finds the answers without a note, and which of them nothing asks for. Only looks. */
export const unnotedAnswers = async (project: Project, roots: Roots, now: number): Promise<Unnoted> => {
  const { store } = project
  // Before the notes: a run notes a question before it keeps the answer.
  const names = itemNames(store).filter((name) => (stat(itemPath(store, name))?.mtimeMs ?? now) < now - YOUNG)
  const noted = askedByKey(store)
  if (names.length === 0 && noted.size === 0) return { asked: noted, found: noted, dead: [], untold: undefined }
  const { found, problem } = await findOut(roots, noted)
  const asked = new Map(noted)
  for (const [key, questions] of found) asked.set(key, questions.union(noted.get(key) ?? new Set()))
  const known = new Set([...asked.values()].flatMap((questions) => [...questions]))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length === 0 || problem === undefined) return { asked, found, dead: unknown, untold: undefined }
  const bytes = unknown.reduce((sum, name) => sum + (stat(itemPath(store, name))?.size ?? 0), 0)
  return { asked, found, dead: [], untold: { count: unknown.length, bytes, reason: problem } }
}

const stat = (file: string): fs.Stats | undefined => fs.statSync(file, { throwIfNoEntry: false })

type Noted = ReadonlyMap<string, ReadonlySet<string>>

/** The questions of work whose notes are missing or may be of a part of it, and why that can't be told of some. */
const findOut = async (
  { asking, pins, stages }: Roots,
  noted: Noted,
): Promise<{ readonly found: Noted; readonly problem: string | undefined }> => {
  const found = new Map<string, ReadonlySet<string>>()
  const problems: Array<string> = []
  const verified: Verified = new Map()
  const hasRun = scopesWithRecords()
  for (const { plan, planned, head } of asking) {
    const { node, resolved, record } = planned
    const place = `${node.id} of profile "${plan.graph.profile}" (${plan.graph.pipeline})`
    // A profile that never ran here has asked nothing yet.
    if (resolved === undefined && hasRun(plan)) problems.push(`${place} waits for what it reads`)
    if (resolved === undefined) continue
    if (!found.has(resolved.key) && !(record !== undefined && noted.has(resolved.key))) {
      const questions = await questionsOf(plan, node, resolved, verified)
      if (questions === undefined) problems.push(`${place} has not run as it is now`)
      else found.set(resolved.key, questions)
    }
    const isOther = head !== undefined && head !== resolved.key && !noted.has(head)
    if (isOther && readRecord(plan.project.store, head) !== undefined)
      problems.push(`${place} was last made otherwise than it would be now`)
  }
  for (const { name, records } of pins) {
    const untold = records.find(({ key, stage }) => (stages.get(stage) ?? true) && !noted.has(key) && !found.has(key))
    if (untold !== undefined) problems.push(`nobody knows what ${untold.node} of the pin "${name}" asked`)
  }
  return { found, problem: problems[0] }
}

/** Whether any work of a plan's profile was done in its store. */
const scopesWithRecords = (): ((plan: Plan) => boolean) => {
  const nameOf = ({ pipeline, profile }: Scope): string => JSON.stringify([pipeline, profile])
  let known: ReadonlySet<string> | undefined
  return ({ graph, project: { store } }) => {
    known ??= new Set(
      recordKeys(store)
        .flatMap((key) => readRecord(store, key) ?? [])
        .map(nameOf),
    )
    return known.has(nameOf(graph))
  }
}
