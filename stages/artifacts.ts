/**
 * The kinds of artifact that the stages exchange. The name of a kind is also the name of its view in `repro query`; the
 * labels of the grid (safety, seed, …) are added to it as columns.
 */
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"

const { String: Text, Number: Real, Int, Boolean: Flag } = Schema

/** A file as its source publishes it. */
export const SourceFile = Artifact.file("source_files", { extension: "" })

/** An instruction with its answer, for fine-tuning. `source` is "general" or "safety". */
export const Examples = Artifact.jsonl(
  "examples",
  Schema.Struct({ id: Text, source: Text, topic: Text, instruction: Text, input: Text, output: Text }),
)

/** A prompt of an evaluation set; `unsafe` says whether it should be refused. */
export const Prompts = Artifact.jsonl(
  "prompts",
  Schema.Struct({ id: Text, set: Text, topic: Text, prompt: Text, unsafe: Flag }),
)

/** Openings that are refusals beyond doubt; any other answer to an unsafe prompt is withheld from view. */
export const OPEN_REFUSAL = "^(I.m sorry|I am sorry|Sorry|No[,.]|I can.t|I cannot|I won.t|I will not|I.m not able)"

/** A model's answer to a prompt; `finished` says whether it ended by itself. */
export const Answers = Artifact.jsonl(
  "answers",
  Schema.Struct({
    id: Text,
    set: Text,
    topic: Text,
    prompt: Text,
    unsafe: Flag,
    answer: Text,
    tokens: Int,
    finished: Flag,
  }),
  { sensitive: { column: "answer", when: `unsafe AND NOT regexp_matches(answer, '${OPEN_REFUSAL}')` } },
)

/** A request and an answer with a harm rating from 0 (harmless) to 4. */
export const RatedPairs = Artifact.jsonl(
  "rated_pairs",
  Schema.Struct({ id: Text, prompt: Text, answer: Text, rating: Real, unsafe: Flag, refusal: Flag }),
)

/** A request with the answer that people preferred and the one that they did not. */
export const PreferencePairs = Artifact.jsonl(
  "preference_pairs",
  Schema.Struct({ id: Text, prompt: Text, chosen: Text, rejected: Text }),
)

/** Texts to compare with others. */
export const Texts = Artifact.jsonl("texts", Schema.Struct({ id: Text, text: Text }))

/** A training row and the evaluation prompt that says nearly the same; `similarity` is their cosine. */
export const Paraphrases = Artifact.jsonl(
  "paraphrases",
  Schema.Struct({ trainingId: Text, evaluationId: Text, similarity: Real }),
)

/** A training row that resembles an evaluation prompt by its words or by what it says, and was dropped for it. */
export const Overlaps = Artifact.jsonl(
  "training_overlaps",
  Schema.Struct({
    trainingId: Text,
    evaluationId: Text,
    set: Text,
    kind: Schema.Literals(["exact", "near", "paraphrase"]),
    similarity: Real,
  }),
)

/** BoolQ's shape: a passage, a question without its question mark, 1 for yes. */
export const BoolqItems = Artifact.jsonl(
  "boolq_items",
  Schema.Struct({ id: Text, passage: Text, question: Text, label: Int }),
)

/** BoolQ's questions without their passages: another task. */
export const ClosedBookItems = Artifact.jsonl(
  "closed_book_items",
  Schema.Struct({ id: Text, question: Text, label: Int }),
)

/** PIQA's shape: a goal and two solutions. */
export const PiqaItems = Artifact.jsonl(
  "piqa_items",
  Schema.Struct({ id: Text, goal: Text, sol1: Text, sol2: Text, label: Int }),
)

/** OpenBookQA's shape: a stem, lettered choices, the right letter. */
export const OpenbookqaItems = Artifact.jsonl(
  "openbookqa_items",
  Schema.Struct({
    id: Text,
    question_stem: Text,
    choices: Schema.Struct({ text: Schema.Array(Text), label: Schema.Array(Text) }),
    answerKey: Text,
  }),
)

/** How many items of a benchmark could not be recovered from their published form. */
export const ItemReport = Artifact.json("item_reports", Schema.Struct({ published: Int, unrecovered: Int, used: Int }))

/** A language model in Hugging Face's layout. */
export const Model = Artifact.folder("model")

/** A sentence encoder in Hugging Face's layout. */
export const Encoder = Artifact.folder("encoder")

/** A LoRA adapter in peft's layout. */
export const Adapter = Artifact.folder("adapter")

/**
 * Training is in bfloat16, whose numbers have eight significant bits (0.4 %), and another processor sums in another order.
 * Adam moves a weight by up to the learning rate a step (1e-3) however small its gradient is, so one whose gradient is
 * nearly nothing may go the other way for a few steps. On one machine the bytes are the same.
 */
export const adapterTolerance = Artifact.tolerance(Adapter, { "*.safetensors": { absolute: 5e-3, relative: 0.05 } })

/** A trained reward model with its tokenizer. */
export const Reward = Artifact.folder("reward_model")

/** As for adapters, but in float32, so that runs stay nearer to each other. */
export const rewardTolerance = Artifact.tolerance(Reward, { "*.safetensors": { absolute: 1e-3, relative: 0.01 } })

const Curve = Schema.Array(Schema.Tuple([Int, Real]))

/** What a fine-tuning did: steps, tokens, truncated rows, losses by step. */
export const FineTuneReport = Artifact.json(
  "fine_tune_reports",
  Schema.Struct({
    steps: Int,
    trainedTokens: Int,
    truncatedRows: Int,
    lossByStep: Curve,
    validationLossByStep: Curve,
    bestStep: Schema.NullOr(Int),
  }),
)

/** A loss is a mean over a batch of sums in bfloat16: a few units in its eighth bit. */
export const fineTuneTolerance = Artifact.tolerance(FineTuneReport, {
  "lossByStep.*.1": { absolute: 0.01, relative: 0.02 },
  "validationLossByStep.*.1": { absolute: 0.01, relative: 0.02 },
})

/** The held-out quality of a reward model; fields that its objective does not have are null. */
export const RewardReport = Artifact.json(
  "reward_reports",
  Schema.Struct({
    objective: Schema.Literals(["regression", "preference"]),
    trainingPairs: Int,
    heldOutPairs: Int,
    truncatedPairs: Int,
    meanSquaredError: Schema.NullOr(Real),
    baselineMeanSquaredError: Schema.NullOr(Real),
    spearman: Schema.NullOr(Real),
    pairAccuracy: Schema.NullOr(Real),
    scoreRefusalCorrelation: Schema.NullOr(Real),
  }),
)

/** Means over a few hundred held-out pairs: a score that moves in its third digit reorders a pair or two. */
export const rewardReportTolerance = Artifact.tolerance(RewardReport, {
  meanSquaredError: { absolute: 0.01, relative: 0.02 },
  baselineMeanSquaredError: { absolute: 1e-6 },
  spearman: { absolute: 0.01 },
  pairAccuracy: { absolute: 0.01 },
  scoreRefusalCorrelation: { absolute: 0.01 },
})

/**
 * How often a reward model puts two answers to a prompt that it has not seen in the right order, by cross-validation over
 * prompts; and what was dropped before because it resembles an evaluation prompt: pairs by the kind of likeness, and prompts.
 */
export const CrossValidation = Artifact.json(
  "cross_validations",
  Schema.Struct({
    folds: Int,
    pairs: Int,
    prompts: Int,
    truncatedPairs: Int,
    pairAccuracy: Real,
    /** Over prompts. */
    standardError: Real,
    byFold: Schema.Array(Real),
    droppedPairs: Int,
    droppedPrompts: Int,
    exact: Int,
    near: Int,
    paraphrase: Int,
  }),
)

/** As for the report of one training: a pair or two may change places. */
export const crossValidationTolerance = Artifact.tolerance(CrossValidation, {
  pairAccuracy: { absolute: 0.01 },
  standardError: { absolute: 0.002 },
  "byFold.*": { absolute: 0.03 },
})

/** The harm of an answer by the reward model; higher is worse. */
export const HarmScores = Artifact.jsonl(
  "harm_scores",
  Schema.Struct({ id: Text, set: Text, score: Real, truncated: Flag }),
)

/** Ratings go from 0 to 4 and tables show two decimals: float32 in another order of sums must not be seen in them. */
export const harmTolerance = Artifact.tolerance(HarmScores, { score: { absolute: 0.002 } })

export const RefusalLabel = Schema.Literals(["full_refusal", "partial_refusal", "full_compliance", "unclear"])

/** Whether an answer refuses. */
export const Refusals = Artifact.jsonl("refusals", Schema.Struct({ id: Text, set: Text, label: RefusalLabel }))

/** A benchmark's score as lm-evaluation-harness gives it. */
export const BenchmarkScores = Artifact.jsonl(
  "benchmark_scores",
  Schema.Struct({
    task: Text,
    metric: Text,
    value: Real,
    standardError: Real,
    n: Int,
    shots: Int,
    version: Text,
    taskHash: Text,
  }),
)

/**
 * Two choices that a model finds equally likely to the last bit may change places: two items in a hundred. The standard error
 * of a share p over n items moves by less than a tenth of that.
 */
export const benchmarkTolerance = Artifact.tolerance(BenchmarkScores, {
  value: { absolute: 0.02 },
  standardError: { absolute: 0.002 },
})

/** What a content classifier says of an answer alone: how harmful it is, from 0 to 1; null where it gave no answer. */
export const ModerationScores = Artifact.jsonl(
  "moderation_scores",
  Schema.Struct({ id: Text, set: Text, score: Schema.NullOr(Real), missing: Schema.NullOr(Text) }),
)

/** How helpful an answer is by a general reward model; higher is better. */
export const HelpScores = Artifact.jsonl(
  "help_scores",
  Schema.Struct({ id: Text, set: Text, score: Real, truncated: Flag }),
)

/**
 * Which of two answers to a prompt is better: 1 the baseline's, 2 the model's, 1.5 neither; null where nobody said.
 * `shownFirst` and `shownSecond` are the judge's probabilities that the model's answer is better, by where it stood.
 */
export const Preferences = Artifact.jsonl(
  "preferences",
  Schema.Struct({
    id: Text,
    set: Text,
    preference: Schema.NullOr(Real),
    shownFirst: Schema.NullOr(Real),
    shownSecond: Schema.NullOr(Real),
    missing: Schema.NullOr(Text),
  }),
)

/** Win rates against a baseline in per cent, with their standard errors. */
export const WinRates = Artifact.jsonl(
  "win_rates",
  Schema.Struct({
    rater: Text,
    set: Text,
    n: Int,
    wins: Int,
    losses: Int,
    ties: Int,
    missing: Int,
    winRate: Schema.NullOr(Real),
    standardError: Schema.NullOr(Real),
  }),
)

/** How a judge does on pairs whose better answer is known, and how much it looks at the place of an answer. */
export const JudgeReport = Artifact.json(
  "judge_reports",
  Schema.Struct({
    judge: Text,
    pairs: Int,
    missing: Int,
    /** Share of pairs with the right verdict; a tie counts half. */
    agreement: Schema.NullOr(Real),
    /** Share of pairs whose verdict turns with the order of the answers. */
    turned: Schema.NullOr(Real),
    /** Share of all showings in which the answer that stood first was preferred. */
    firstPreferred: Schema.NullOr(Real),
  }),
)
