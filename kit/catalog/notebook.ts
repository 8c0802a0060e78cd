/**
 * The catalog that a notebook sees: exactly its declared inputs when the pipeline runs it, and by hand what a profile
 * last gave.
 */
import * as fs from "node:fs"
import { findRoot, loadPipeline, openProject } from "../project.ts"
import { readHeads } from "../store/heads.ts"
import { checkFormat } from "../store/layout.ts"
import { type Catalog, catalogOf } from "./entries.ts"
import { type OpenCatalog, openCatalog } from "./open.ts"

/** Opens the artifacts for a notebook. `profile` counts only when the notebook runs by hand. */
export const notebookCatalog = async (profile?: string): Promise<OpenCatalog> => {
  const unsafeText = process.env.REPRO_UNSAFE_TEXT === "1"
  const file = process.env.REPRO_CATALOG
  if (file !== undefined) return openCatalog(JSON.parse(fs.readFileSync(file, "utf8")) as Catalog, unsafeText)
  const project = openProject(findRoot(process.cwd()), process.env.REPRO_STORE)
  const pipeline = await loadPipeline(project.root, undefined)
  checkFormat(project.store)
  const heads = readHeads(project.store, pipeline.name, profile ?? pipeline.defaultProfile)
  return openCatalog(catalogOf(project.store, heads), unsafeText)
}
