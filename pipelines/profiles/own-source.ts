/** A file of this project as a source: its declared size and digest come from `own-data.ts`. */
import type { ProjectSource } from "../../stages/sources.ts"
import { ownData } from "./own-data.ts"

/** The source of a file below `data/`; a file that is not declared does not compile. */
export const own = (path: keyof typeof ownData): ProjectSource => ({ kind: "project", path, ...ownData[path] })
