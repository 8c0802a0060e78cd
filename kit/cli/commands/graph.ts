/** `repro graph`: the pipeline as a picture. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Drawing, drawingOf } from "../../drawing/drawing.ts"
import { describeErrno, UsageError } from "../../errors.ts"
import { select, withAncestors } from "../../plan/select.ts"
import type { Project } from "../../project.ts"
import { writeAtomically } from "../../store/layout.ts"
import { type Opened, open, type Shared } from "../options.ts"
import { note, outExactly } from "../print.ts"

export interface GraphFlags extends Shared {
  readonly selectors: ReadonlyArray<string>
  readonly format: Option.Option<"svg" | "mermaid" | "json">
  readonly output: Option.Option<string>
  readonly full: boolean
}

/** Boxes beyond this make no picture that a person could read, and cost minutes to lay out. */
const MOST_BOXES = 1500

export const graph = Effect.fnUntraced(function* (flags: GraphFlags) {
  const opened = yield* open(flags)
  const text = yield* Effect.tryPromise({
    try: () => draw(opened, flags),
    catch: (error) => {
      if (error instanceof UsageError) return error
      throw error
    },
  })
  if (Option.isNone(flags.output)) return outExactly(text)
  const file = flags.output.value
  yield* Effect.try({
    try: () => writeAtomically(path.resolve(file), `${text}\n`),
    catch: (error) => unwritable(error, file),
  })
  note(`Drawn in ${file}`)
})

const draw = async ({ project, graph }: Opened, flags: GraphFlags): Promise<string> => {
  const format = formatOf(flags)
  const chosen = withAncestors(select(graph, flags.selectors))
  const drawing = drawingOf(graph, chosen, flags.full)
  if (drawing.boxes.length > MOST_BOXES) {
    throw new UsageError({
      message: `A picture of ${drawing.boxes.length} boxes can't be read`,
      where: flags.selectors.join(" "),
      remedy: flags.full ? "Leave out --full, or select some nodes." : "Select some nodes.",
    })
  }
  return textOf(drawing, format, project)
}

const textOf = async (drawing: Drawing, format: "svg" | "mermaid" | "json", { root }: Project): Promise<string> => {
  if (format === "json") return JSON.stringify(drawing, null, 2)
  if (format === "mermaid") return (await import("../../drawing/mermaid.ts")).mermaidOf(drawing)
  return (await import("../../drawing/svg.ts")).svgOf(drawing, root)
}

const ENDINGS = { ".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".json": "json" } as const

/** What was asked for, or what the file's ending says, or SVG. */
const formatOf = ({ format, output }: GraphFlags): "svg" | "mermaid" | "json" => {
  if (Option.isSome(format)) return format.value
  const ending = path.extname(Option.getOrElse(output, () => ""))
  if (ending === "") return "svg"
  if (Object.hasOwn(ENDINGS, ending)) return ENDINGS[ending as keyof typeof ENDINGS]
  throw new UsageError({
    message: `A picture that ends in ${ending} can't be drawn`,
    where: Option.getOrElse(output, () => ""),
    remedy: `Let it end in ${Object.keys(ENDINGS).join(", ")}, or say --format.`,
  })
}

const unwritable = (error: unknown, file: string): UsageError =>
  new UsageError({
    message: `The picture can't be written there: ${describeErrno(error).message}`,
    where: file,
    remedy: "Give a file in a folder that is there.",
  })
