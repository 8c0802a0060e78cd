/** The data of a profile: read into one shape, with what overlaps between training and evaluation dropped. */
import { grid } from "../kit/pipeline.ts"
import { fromSource } from "../stages/acquire.ts"
import { dropOverlap, dropPreferenceOverlap, dropRatedOverlap } from "../stages/drop-overlap.ts"
import { readBoolq, readClosedBookBoolq, readOpenbookqa, readPiqa } from "../stages/read-benchmarks.ts"
import { joinExamples, readExamples } from "../stages/read-examples.ts"
import { readPreferencePairs, readRatedPairs } from "../stages/read-pairs.ts"
import { readPrompts } from "../stages/read-prompts.ts"
import { readLabelledAnswers } from "../stages/refusals.ts"
import type { Source } from "../stages/sources.ts"
import type { ExampleSet, Profile } from "./profiles/profile.ts"

/** How a source is named in errors: its path in the project, or its name. */
export const sourceName = (source: Source): string => (source.kind === "project" ? source.path : source.mirror)

const examplesOf = ({ source, format }: ExampleSet) =>
  readExamples({ file: fromSource(source) }, { name: sourceName(source), format }).examples

/** One call for each member, each under its own value of the axis "set". */
const each = <A>(names: ReadonlyArray<string>, body: (name: string) => A): ReadonlyArray<A> =>
  grid({ set: names }, ({ set }) => body(set))

/** The evaluation sets, in the profile's order. */
const readEvaluation = ({ data }: Profile) =>
  each(
    data.evaluation.map(({ set }) => set),
    (name) => {
      const { source, ...rest } = data.evaluation.find(
        ({ set }) => set === name,
      ) as Profile["data"]["evaluation"][number]
      return readPrompts({ file: fromSource(source) }, { name: sourceName(source), ...rest }).prompts
    },
  )

/** Training examples that resemble no evaluation prompt. */
const readTraining = ({ data, overlapThreshold }: Profile, evaluation: ReturnType<typeof readEvaluation>) => {
  const general = each(Object.keys(data.general), (name) => examplesOf(data.general[name] as ExampleSet))
  const [safety] = each(["safety-training"], () => examplesOf(data.safety)) as [ReturnType<typeof examplesOf>]
  const joined = joinExamples({ parts: general }, {}).examples
  const [kept, keptSafety] = each(["general", "safety"], (name) =>
    dropOverlap({ examples: name === "general" ? joined : safety, evaluation }, { threshold: overlapThreshold }),
  ) as [ReturnType<typeof dropOverlap>, ReturnType<typeof dropOverlap>]
  return { general: kept, safety: keptSafety }
}

/** Pairs for the reward model, of the kind that the profile's objective takes. */
const readRewardPairs = ({ data, overlapThreshold }: Profile, evaluation: ReturnType<typeof readEvaluation>) => {
  const { source, objective } = data.reward
  const name = sourceName(source)
  const [file] = each(["reward"], () => fromSource(source)) as [ReturnType<typeof fromSource>]
  if (objective === "preference") {
    const { pairs } = readPreferencePairs({ file }, { name })
    return { objective, ...dropPreferenceOverlap({ pairs, evaluation }, { threshold: overlapThreshold }) } as const
  }
  const { pairs } = readRatedPairs({ file }, { name })
  return { objective, ...dropRatedOverlap({ pairs, evaluation }, { threshold: overlapThreshold }) } as const
}

/** Benchmark items, by the name that the benchmark stage gives them. */
const readBenchmarks = ({ data: { benchmarks }, itemLimit }: Profile) => {
  const params = (name: string, format: "own" | "llm-adapters") => ({ name, format, limit: itemLimit, seed: 1 })
  const [boolq, boolqClosedBook, piqa, openbookqa] = each(
    ["boolq", "boolq-closed-book", "piqa", "openbookqa"],
    (name) => {
      const set = { boolq: benchmarks.boolq, "boolq-closed-book": benchmarks.boolqClosedBook, ...benchmarks }[name]
      return set === undefined
        ? undefined
        : { file: fromSource(set.source), params: params(sourceName(set.source), set.format) }
    },
  )
  return {
    boolq: boolq && readBoolq({ file: boolq.file }, boolq.params).items,
    boolqClosedBook:
      boolqClosedBook && readClosedBookBoolq({ file: boolqClosedBook.file }, boolqClosedBook.params).items,
    piqa: piqa && readPiqa({ file: piqa.file }, piqa.params).items,
    openbookqa: openbookqa && readOpenbookqa({ file: openbookqa.file }, openbookqa.params).items,
  }
}

/** What the refusal classifier learns from. */
const readRefusals = ({ data: { refusals } }: Profile) => {
  const source = refusals.labelled
  const [file] = each(["labelled-answers"], () => fromSource(source)) as [ReturnType<typeof fromSource>]
  const answers = readLabelledAnswers({ file }, { name: sourceName(source) }).answers
  const examples = each(["refusing", "complying"], (name) => examplesOf(refusals[name as "refusing" | "complying"]))
  return { answers, examples }
}

/** What models are trained on, asked, and judged by: all data of a profile but the benchmarks. */
export const readStudyData = (profile: Profile) => {
  const evaluation = readEvaluation(profile)
  return {
    evaluation,
    ...readTraining(profile, evaluation),
    labelled: readRefusals(profile),
    rewardPairs: readRewardPairs(profile, evaluation),
  }
}

/** All data of a profile. */
export const readData = (profile: Profile) => ({ ...readStudyData(profile), benchmarks: readBenchmarks(profile) })
