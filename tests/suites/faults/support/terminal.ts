/** A real terminal: the command line runs under a pseudo-terminal, and what it wrote is shown by an emulator. */
import xterm from "@xterm/headless"
import { shellQuote } from "../../../../kit/cli/print.ts"
import type { Running, TestProject } from "../../../kit/support/project.ts"

/** Columns and rows; 0 for a terminal that doesn't know. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Starts the command line on a terminal of that size. stdout and stderr both come as stdout. */
export const onTerminal = (project: TestProject, args: ReadonlyArray<string>, { columns, rows }: Size): Running => {
  const command = project.commandLine(args).map(shellQuote).join(" ")
  const script = `stty cols ${columns} rows ${rows}; ${command}`
  return project.launch([], { instead: ["script", "--quiet", "--flush", "--return", "--command", script, "/dev/null"] })
}

/** The lines that a terminal shows and has scrolled by after this output, without empty ones. */
export const shownBy = async (output: string, { columns, rows }: Size): Promise<ReadonlyArray<string>> => {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write(output, resolve))
  const { active } = terminal.buffer
  const lines: Array<string> = []
  for (let index = 0; index < active.length; index++) {
    const line = active.getLine(index)
    const text = line?.translateToString(true) ?? ""
    if (line?.isWrapped) lines.push(`${lines.pop() ?? ""}${text}`)
    else lines.push(text)
  }
  terminal.dispose()
  return lines.filter((line) => line !== "")
}
