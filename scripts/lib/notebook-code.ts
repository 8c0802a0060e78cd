/**
 * A notebook's code cells as one TypeScript module, for a type checker: notebooks themselves are passed over by
 * `deno check`. Line numbers of the module can be turned back into a cell and a line in it.
 */
import { readFile } from "node:fs/promises"

/** The cells of one notebook, joined in order. */
export interface NotebookCode {
  readonly text: string
  /** The code cell (from 1) and line in it (from 1) that a line of `text` (from 1) comes from. */
  readonly placeOf: (line: number) => { readonly cell: number; readonly line: number }
}

interface Cell {
  readonly cell_type: string
  readonly source: string | readonly string[]
}

const sourceOf = (cell: Cell): string => (typeof cell.source === "string" ? cell.source : cell.source.join(""))

/** Joins the code cells; the numbering leaves empty ones out, as the runner's does. */
export const joinCells = (cells: readonly Cell[]): NotebookCode => {
  const sources = cells
    .filter((cell) => cell.cell_type === "code")
    .map(sourceOf)
    .filter((source) => source.trim() !== "")
  const starts: number[] = []
  let next = 1
  for (const source of sources) {
    starts.push(next)
    next += source.split("\n").length
  }
  const placeOf = (line: number) => {
    const cell = starts.findLastIndex((start) => start <= line)
    return { cell: cell + 1, line: line - (starts[cell] ?? 1) + 1 }
  }
  // The last line makes a module of cells that import nothing, so that `await` may stand at the top.
  return { text: `${[...sources, "export {}"].join("\n")}\n`, placeOf }
}

/** Reads a notebook file; rejects where it isn't JSON of a notebook. */
export const readNotebookCode = async (path: string): Promise<NotebookCode> => {
  const notebook = JSON.parse(await readFile(path, "utf8")) as { readonly cells?: readonly Cell[] }
  return joinCells(notebook.cells ?? [])
}
