/** Flags that several commands share, and the project and graph that they name. */

import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { errorPlace } from "../error-place.ts"
import { PipelineError, StoreError, UsageError } from "../errors.ts"
import type { Graph } from "../node.ts"
import type { Pipeline } from "../pipeline.ts"
import { findRoot, loadPipeline, openProject, type Project } from "../project.ts"
import { checkFormat, requireStore } from "../store/layout.ts"

export const shared = {
  profile: Flag.String("profile").pipe(
    Flag.withAlias("p"),
    Flag.withDescription("Profile of the pipeline (default: the pipeline's own)"),
    Flag.optional,
  ),
  pipeline: Flag.String("pipeline").pipe(
    Flag.withDescription("Pipeline: a path, or a name under pipelines/ (default: package.json's repro.pipeline)"),
    Flag.optional,
  ),
  store: Flag.String("store").pipe(
    Flag.withDescription("Folder of the artifacts (default: artifacts/)"),
    Flag.optional,
  ),
}

export interface Shared {
  readonly profile: Option.Option<string>
  readonly pipeline: Option.Option<string>
  readonly store: Option.Option<string>
}

/** Flags of commands that take from elsewhere. */
export const supplyFlags = {
  from: Flag.String("from").pipe(
    Flag.withDescription(
      "Take what matches from here: a folder, a pack, s3://BUCKET/PREFIX or hf://datasets/OWNER/NAME",
    ),
    Flag.optional,
  ),
  noFetch: Flag.Boolean("no-fetch").pipe(
    Flag.withDescription("Compute what is not in the store, though it could be fetched from where it was pulled"),
    Flag.withDefault(false),
  ),
}

export interface SupplyFlags {
  readonly from: Option.Option<string>
  readonly noFetch: boolean
}

/** The project, the pipeline and its graph under the chosen profile. */
export interface Opened {
  readonly project: Project
  readonly pipeline: Pipeline
  readonly graph: Graph
}

/** Loads what the shared flags name. */
export const open = (flags: Shared): Effect.Effect<Opened, PipelineError | StoreError | UsageError> =>
  Effect.tryPromise({
    try: async () => {
      const project = openProject(findRoot(process.cwd()), chosenStore(flags))
      checkFormat(project.store)
      const pipeline = await loadPipeline(project.root, Option.getOrUndefined(flags.pipeline))
      const graph = pipeline.graph(Option.getOrElse(flags.profile, () => pipeline.defaultProfile))
      return { project, pipeline, graph }
    },
    catch: (error) => (isKnown(error) ? error : unexpected(error)),
  })

/** The project and its store alone, which must be there, for commands that ask no one pipeline. */
export const openProjectOf = (flags: Pick<Shared, "store">): Effect.Effect<Project, StoreError | UsageError> =>
  Effect.try({
    try: () => {
      const project = openProject(findRoot(process.cwd()), chosenStore(flags))
      checkFormat(project.store)
      requireStore(project.store)
      return project
    },
    catch: (error) => error as StoreError | UsageError,
  })

/** The store that flags or the environment name. */
export const chosenStore = (flags: Pick<Shared, "store">): string | undefined =>
  Option.getOrUndefined(flags.store) ?? process.env.REPRO_STORE

const isKnown = (error: unknown): error is PipelineError | StoreError | UsageError =>
  error instanceof PipelineError || error instanceof StoreError || error instanceof UsageError

const unexpected = (error: unknown): PipelineError =>
  new PipelineError({
    message: `The pipeline can't be loaded: ${error instanceof Error ? error.message : String(error)}`,
    where: errorPlace(error) ?? "",
    remedy: "Correct that file, or the pipeline's where none is named; `npm run typecheck` may tell more.",
  })
