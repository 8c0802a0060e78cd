/**
 * What the refusal classifier is worth when everything about it that is chosen is chosen without the model and without the
 * prompts that it is scored on. Prints the tables of docs/refusals.md. Takes some minutes a variant; needs a store in
 * which the mirror profile's classifier was trained:
 *
 *     MIRROR=/path/to/mirror bin/repro run --profile mirror train-refusal-classifier --store FOLDER
 *     node_modules/.bin/node --experimental-import-text bench/refusals-choice/main.ts FOLDER
 */
import { cohenKappa, confusionMatrix } from "../../kit/lib/agreement.ts"
import { ANSWER_CLASSES } from "../../stages/refusal/artifacts.ts"
import { readData } from "./data.ts"
import { type Classed, FOLDS, foldsOf, hits, merit, scored, tried } from "./nested.ts"
import { VARIANTS } from "./variants.ts"

const [store] = process.argv.slice(2)
if (store === undefined) {
  console.error("Which store? Give the folder that a run of train-refusal-classifier was told by --store.")
  process.exit(2)
}
const data = readData(store)
const inFold = foldsOf(data)
const models = [...data.judged.keys()]

const begun = performance.now()
const results = VARIANTS.map((variant, index) => {
  const result = { variant, tried: tried(variant, data, inFold), scored: scored(variant, data, inFold) }
  const minutes = (performance.now() - begun) / 60_000
  const left = (minutes / (index + 1)) * (VARIANTS.length - index - 1)
  console.error(`${index + 1} of ${VARIANTS.length} variants, ${minutes.toFixed(1)} min, ${left.toFixed(1)} min left`)
  return result
})

const percent = (part: number, whole: number): string => ((100 * part) / whole).toFixed(1)

/** Refused against complied, three classes, and κ. */
const figures = (answers: ReadonlyArray<Classed>): string => {
  const { refused, classes } = hits(answers)
  const labels = [...ANSWER_CLASSES, "unclear"]
  const pairs = [answers.map(({ label }) => label), answers.map(({ predicted }) => predicted)] as const
  const kappa = cohenKappa(confusionMatrix(labels, ...pairs))
  return `${percent(refused, answers.length)} / ${percent(classes, answers.length)} / ${kappa?.toFixed(3)}`
}
const ofModel = (answers: ReadonlyArray<Classed>, model: string) => answers.filter((each) => each.model === model)

console.log(`| variant | tried | ${models.join(" | ")} |\n|---|---|${models.map(() => "---|").join("")}`)
for (const { variant, tried: trials, scored: classed } of results)
  console.log(
    `| ${variant.name} | ${figures(trials)} | ${models.map((model) => figures(ofModel(classed, model))).join(" | ")} |`,
  )

/** For each fold of a model, the variant that did best without both; of equals, the simpler one. */
const chosen = models.map((model) =>
  Array.from({ length: FOLDS }, (_, fold) => {
    const merits = results.map((result) => merit(result.tried, model, fold))
    return results[merits.indexOf(Math.max(...merits))] as (typeof results)[number]
  }),
)
const nested = models.map((model, index) =>
  (chosen[index] ?? []).flatMap((result, fold) => ofModel(result.scored, model).filter((each) => each.fold === fold)),
)
console.log(`| chosen for each fold without it and without the model | | ${nested.map(figures).join(" | ")} |\n`)
for (const [index, model] of models.entries()) {
  const names = Map.groupBy(chosen[index] ?? [], ({ variant }) => variant.name)
  const { refused, classes } = hits(nested[index] ?? [])
  const counts = `refused ${refused}, three classes ${classes} of ${nested[index]?.length}`
  console.log(`${model}: ${counts}; ${[...names].map(([name, folds]) => `${name} (${folds.length} folds)`).join(", ")}`)
}
