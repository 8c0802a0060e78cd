/**
 * A result is recorded under the code that made it, though files may be edited while a run goes on. What this process has
 * loaded stays as it was; what is loaded later must still be what the plan counted: the worker's Python, and modules
 * that a stage imports while it runs.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { StageError } from "../errors.ts"
import type { Node } from "../node.ts"
import { perObject } from "../per-object.ts"
import { changedCode, OBSERVED } from "../plan/differences.ts"
import { describeReason } from "../plan/reasons.ts"
import { observed, type Resolved } from "../plan/resolve.ts"
import { codeNow, type StageCode } from "../plan/stage-code.ts"
import type { Project } from "../project.ts"
import type { StageDefinition } from "../stage.ts"
import type { CodeRecord } from "../store/record.ts"

interface Work {
  readonly project: Project
  readonly node: Node
  readonly code: StageCode
}

/** Whether what the stage runs need not be what the plan counted: for most stages of this process it always is. */
export const codeMayDiffer = (work: Work): boolean =>
  isPython(work.node.stage) || importsLater(work.code) || editedWhileLoaded(work) !== undefined

/** Fails where what the stage runs need not be what its key counts, since code was edited after the plan. */
export const requireSameCode = async (work: Work): Promise<void> => {
  const { project, node, code } = work
  const early = editedWhileLoaded(work)
  if (early !== undefined) throw changed(node, path.relative(project.root, early))
  const now = await codeNow(project, node.stage).catch(() => undefined)
  if (now?.digest !== code.code.digest)
    throw changed(node, now === undefined ? "it can't be read now" : names(now, code))
}

/** Fails where a file that the stage observes was edited while it read it: the key holds what it was before. */
export const requireSameWorld = ({
  project,
  node,
  resolved,
}: Omit<Work, "code"> & { readonly resolved: Resolved }): void => {
  const now = observed(node, project.root)[OBSERVED]
  const planned = resolved.environment[OBSERVED]
  if (now === planned) return
  throw StageError.of(
    `What "${node.stage.name}" reads of the project's files was edited while it ran (${planned} → ${now}): nobody knows which of both it read`,
    node.id,
    "Run again: it is computed with the files as they are then.",
  )
}

const names = (now: CodeRecord, planned: StageCode): string =>
  changedCode(now, planned.code)
    .map((reason) => describeReason(reason).replace(/^[^:]*: /, ""))
    .join("; ")

const changed = (node: Node, what: string): StageError =>
  StageError.of(
    `The code of "${node.stage.name}" was edited while the run went on (${what}): nobody knows which of both would have made the result`,
    node.id,
    "Run again: it is computed with the code as it is then.",
  )

const isPython = ({ body }: StageDefinition): boolean => body.kind === "worker" || body.service !== undefined

/** Whether a module that the stage reaches imports something while it runs. */
const importsLater = perObject(({ files }: StageCode): boolean =>
  files.some((file) => /\.m?[tj]s$/.test(file) && /\bimport\s*\(/.test(fs.readFileSync(file, "utf8"))),
)

/** The first file that was written after the project was opened and before its code was counted: what was loaded is not known. */
const editedWhileLoaded = ({ project, node, code }: Work): string | undefined =>
  node.stage.body.kind === "here" ? firstEdited(code)(project.opened) : undefined

const firstEdited = perObject(({ files, counted }: StageCode) => {
  let found: { readonly file: string | undefined } | undefined
  return (opened: number): string | undefined => {
    found ??= {
      file: files.find((file) => {
        const written = fs.statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0
        return written > opened && written <= counted
      }),
    }
    return found.file
  }
})
