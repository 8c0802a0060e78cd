/** PDFs from Typst sources held in memory; errors and warnings name the source's file and line. */
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler"
import { StageError } from "../errors.ts"
import { fontFolder } from "./fonts.ts"

/** What to set: sources and the files that they read, by path relative to each other. */
export interface Document {
  readonly main: string
  readonly files: Readonly<Record<string, string | Uint8Array>>
}

/** Places for the compiler. */
export interface TypstPlaces {
  /** An empty folder to lay the document out in. */
  readonly scratch: string
  /** The project's root, for its fonts. */
  readonly root: string
  /** Where the sources are in the project, for messages, such as `paper`. */
  readonly source: string
}

/** A set document. */
export interface Pdf {
  readonly bytes: Uint8Array
  readonly pages: number
}

/** Compiles a document; the same input gives the same bytes. Throws a StageError that names file, line and column. */
export const compilePdf = (document: Document, places: TypstPlaces): Pdf => {
  const fonts = fontFolder(places.root)
  if (!fs.existsSync(fonts)) {
    throw StageError.of("The fonts of the paper are missing", fonts, "Run `make setup` to install the locked packages.")
  }
  layOut(document, places.scratch)
  const compiler = NodeCompiler.create({ workspace: places.scratch, fontArgs: [{ fontPaths: [fonts] }] })
  const outcome = compiler.compile({ mainFilePath: join(places.scratch, document.main) })
  const problems = outcome.takeDiagnostics() ?? outcome.takeWarnings()
  if (problems !== null) throw problem(compiler.fetchDiagnostics(problems), places)
  if (outcome.result === null)
    throw StageError.of("Typst gave no document", document.main, "Correct the Typst sources.")
  const bytes = new Uint8Array(compiler.pdf(outcome.result, { creationTimestamp: 0 }))
  return { bytes, pages: outcome.result.numOfPages }
}

const layOut = (document: Document, folder: string): void => {
  for (const [name, content] of Object.entries(document.files)) {
    const target = join(folder, name)
    fs.mkdirSync(dirname(target), { recursive: true })
    fs.writeFileSync(target, content)
  }
}

interface Diagnostic {
  readonly message: string
  readonly path?: string
  readonly range?: { readonly start: { readonly line: number; readonly character: number } }
  readonly hints?: ReadonlyArray<string>
}

const problem = (diagnostics: ReadonlyArray<Diagnostic>, places: TypstPlaces): StageError => {
  const first = diagnostics[0]
  const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : ""
  const hints = first?.hints?.length ? ` ${first.hints.join(" ")}` : ""
  return StageError.of(
    `Typst could not set the document: ${first?.message ?? "no reason given"}${more}`,
    place(first, places),
    `Correct that line.${hints}`,
  )
}

/** File and line as an editor counts them, from 1. */
const place = (diagnostic: Diagnostic | undefined, places: TypstPlaces): string => {
  if (diagnostic?.path === undefined) return places.source
  const file = diagnostic.path.replace(places.scratch, "").replace(/^[\\/]+/, "")
  const start = diagnostic.range?.start
  return `${places.source}/${file}${start === undefined ? "" : `:${start.line + 1}:${start.character + 1}`}`
}
