/** Where an error that code of the project threw comes from, for people who can mend it. */
import { fileURLToPath } from "node:url"

/** File and line of an error's first place outside packages and the bundled command line; undefined where it tells none. */
export const errorPlace = (error: unknown): string | undefined => {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : []
  for (const line of lines) {
    const [, url = "", at] = /(file:\/\/[^\s)]+?):(\d+)(?::\d+)?\)?$/.exec(line) ?? []
    if (url !== "" && !/\/(node_modules|\.cache\/cli)\//.test(url)) return `${fileURLToPath(url)}:${at}`
  }
  return undefined
}
