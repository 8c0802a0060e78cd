/**
 * The pipeline that is measured: so many independent stages with next to nothing to do. `numbers` write a number each;
 * `files` take in a file each, which lies under `.cache/bench/files`.
 */
import { grid, Pipeline } from "../../kit/pipeline.ts"
import { copy, write } from "./stages.ts"

const sizes = [1_000, 2_000, 5_000, 10_000, 20_000]
const stages = { numbers: write, files: copy }

export default Pipeline.make("bench", {
  profiles: Object.fromEntries(
    sizes.flatMap((size) =>
      (["numbers", "files"] as const).map((kind) => [`${kind}-${size}`, { kind, size }] as const),
    ),
  ),
  defaultProfile: "numbers-1000",
  workerLock: () => "worker/locks/cpu.txt",
  body: ({ kind, size }) => {
    const texts = grid({ n: Array.from({ length: size }, (_, n) => n) }, ({ n }) => stages[kind]({}, { n }).text)
    return Object.fromEntries(texts.map((text) => [text.node.id, text]))
  },
})
