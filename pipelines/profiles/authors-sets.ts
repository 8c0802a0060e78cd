/** The paper's evaluation sets as the authors publish them, and XSTest. */
import type { PromptSet } from "./profile.ts"
import { evaluationSets, xsTest } from "./published.ts"

const SAFE_SETS = new Set(["I-Alpaca", "I-PhysicalSafetySafe"])

export const evaluation: ReadonlyArray<PromptSet> = [
  ...Object.entries(evaluationSets).map(
    ([set, source]): PromptSet => ({ set, source, format: "authors", unsafe: !SAFE_SETS.has(set) }),
  ),
  { set: "XSTest", source: xsTest, format: "xstest", unsafe: false },
]
