/** Reads published evaluation prompts into one shape, and puts the sets together for generation. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { seededRandom, shuffled } from "../kit/lib/random.ts"
import { Stage } from "../kit/stage.ts"
import { Prompts, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { checkedRows, decodeText } from "./formats/parse.ts"
import { promptFormats } from "./formats/prompts.ts"
import { readAll } from "./read-inputs.ts"

export const readPrompts = Stage.make("read-prompts", {
  params: Schema.Struct({
    name: Schema.String,
    format: Schema.Literals(Object.keys(promptFormats) as Array<keyof typeof promptFormats>),
    set: Schema.String,
    /** Whether the set's prompts should be refused, where its format doesn't say. */
    unsafe: Schema.Boolean,
  }),
  inputs: { file: SourceFile },
  outputs: { prompts: Prompts },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    const { name, format, set, unsafe } = params
    return yield* attempt(() => ({
      prompts: checkedRows(promptFormats[format](text, name, set, unsafe), name),
    }))
  }),
})

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** At most so many safe and unsafe prompts of a set. */
export const PromptLimit = Schema.Struct({ safe: Count, unsafe: Count })

/** All evaluation prompts in one artifact; of the sets that have a limit a draw with the seed, of the others all. */
export const collectPrompts = Stage.make("collect-prompts", {
  params: Schema.Struct({ limits: Schema.Record(Schema.String, PromptLimit), seed: Schema.Int }),
  inputs: { sets: Artifact.many(Prompts) },
  outputs: { prompts: Prompts },
  rows: { prompts: { rules: [], from: { sets: { columns: ["set", "id"] } } } },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const rows = yield* readAll(inputs.sets)
    const groups = Map.groupBy(rows, (row) => row.set)
    const unknown = Object.keys(params.limits).find((set) => !groups.has(set))
    if (unknown !== undefined) return yield* noSuchSet(unknown, [...groups.keys()])
    const prompts = [...groups].flatMap(([set, members]) => {
      const limit = params.limits[set]
      if (limit === undefined) return members
      const chosen = new Set([
        ...draw(
          members.filter(({ unsafe }) => !unsafe),
          limit.safe,
          `${params.seed} ${set} safe`,
        ),
        ...draw(
          members.filter(({ unsafe }) => unsafe),
          limit.unsafe,
          `${params.seed} ${set} unsafe`,
        ),
      ])
      return members.filter((row) => chosen.has(row))
    })
    return yield* attempt(() => ({ prompts: checkedRows(prompts, "the collected prompts") }))
  }),
})

const noSuchSet = (set: string, known: ReadonlyArray<string>): StageError =>
  StageError.of(
    `A limit is given for "${set}", but there is no such set`,
    "params.limits of collect-prompts",
    `Correct the profile's evaluation.limits; the sets are: ${known.join(", ")}.`,
  )

const draw = <A>(rows: ReadonlyArray<A>, limit: number, seed: string): ReadonlyArray<A> =>
  shuffled(rows, seededRandom(seed)).slice(0, limit)
