/** What happens in a run, as data: the terminal, plain lines and JSON lines are made from the same events. */
import * as Context from "effect/Context"
import type { TaskProgress } from "../executors/executor.ts"

export type RunEvent =
  | { readonly type: "plan"; readonly nodes: number; readonly cached: number }
  | { readonly type: "start"; readonly node: string; readonly reasons: ReadonlyArray<string> }
  | { readonly type: "progress"; readonly node: string; readonly progress: TaskProgress }
  | { readonly type: "done"; readonly node: string; readonly milliseconds: number; readonly reused: boolean }
  | { readonly type: "elsewhere"; readonly node: string }
  | {
      readonly type: "retry"
      readonly node: string
      readonly attempt: number
      readonly message: string
      readonly pause: number
    }
  /** Seconds that the rest should take; a lower bound when nothing is known of some nodes. */
  | { readonly type: "left"; readonly seconds: number; readonly unknown: number }
  | { readonly type: "failed"; readonly node: string; readonly message: string }
  | { readonly type: "skipped"; readonly node: string; readonly because: string }

/** Takes the events of a run; must not throw or wait. */
export class Reporter extends Context.Service<Reporter, { readonly emit: (event: RunEvent) => void }>()(
  "kit/Reporter",
) {}
