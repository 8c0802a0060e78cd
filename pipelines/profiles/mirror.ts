/**
 * mirror: the authors' real safety examples and evaluation sets, XSTest, real PIQA and OpenBookQA items, with the small
 * model of smoke, on a CPU. The files come from a mirror folder (MIRROR) or from their addresses.
 */
import { evaluation } from "./authors-sets.ts"
import type { Profile } from "./profile.ts"
import {
  adapterItems,
  alpacaAnnotations,
  davinciAnswers,
  harmlessDialogues,
  safetyExamples,
  seedTasks,
  xsTestCompletions,
} from "./published.ts"
import { smoke, training } from "./smoke.ts"

export const mirror: Profile = {
  ...smoke,
  data: {
    general: {
      "general-davinci": { source: davinciAnswers, format: "alpaca-eval-outputs" },
      "general-seeds": { source: seedTasks, format: "stanford-alpaca-seeds" },
    },
    safety: { source: safetyExamples, format: "alpaca-safety" },
    evaluation,
    refusals: { ...smoke.data.refusals, judged: xsTestCompletions },
    rated: smoke.data.rated,
    annotations: { name: "GPT-4's preferences on AlpacaEval", source: alpacaAnnotations },
    reward: { objective: "preference", source: harmlessDialogues },
    benchmarks: {
      boolqClosedBook: { source: adapterItems.boolq, format: "llm-adapters" },
      piqa: { source: adapterItems.piqa, format: "llm-adapters" },
      openbookqa: { source: adapterItems.openbookqa, format: "llm-adapters" },
    },
  },
  evaluation: { limits: {}, seed: 1 },
  generalAmount: 200,
  // 0, then 2.5 and 10 % of the general examples as in the paper; 100 (50 %) is extra.
  safetyAmounts: [0, 5, 20, 100],
  runs: [
    { draw: 1, seed: 1 },
    { draw: 2, seed: 2 },
  ],
  generation: { decoding: { strategy: "greedy", beams: 1, maxNewTokens: 32 }, batchSize: 64, dtype: "bfloat16" },
  reward: { ...training, epochs: 2, batchSize: 32 },
  crossValidation: { folds: 5 },
  help: { ...smoke.help, sets: ["I-Alpaca"], pairs: { training: 400, checking: 60, seed: 1 } },
  // Scores learned from preferences have no scale of their own; the analysis names what this threshold means.
  harmfulFrom: 0,
  refusals: { ...smoke.refusals, reading: { maxTokens: 128, batchSize: 32, middleLayer: 4 } },
  itemLimit: 100,
  dataNote:
    "Safety examples and evaluation sets are the authors' own, XSTest is its public version 2, the reward model learns from hh-rlhf's harmless pairs, and general examples come from AlpacaEval's text-davinci-003 answers and Stanford Alpaca's seed tasks.",
  deviations: [
    "The model is SmolLM2-135M-Instruct, which was already tuned to follow instructions; the paper tunes base models of 7 and 13 billion parameters.",
    "Training uses 200 general examples and 1 epoch at a learning rate of 0.005; the paper uses 20,000 and four epochs.",
    "General examples are text-davinci-003's answers to AlpacaEval's prompts and Stanford Alpaca's seed tasks, not the paper's Alpaca subset; so no AlpacaEval score is reported.",
    "100 safety examples (50 %) lie beyond the paper's range of 0.5 to 10 %.",
    "Exaggerated safety is measured on XSTest v2's 250 safe prompts; the paper used an early version's prompts, which are not published.",
    "Answers are decoded greedily and end after 32 new tokens; the paper's repository uses beam search and 128.",
    "The reward model is a small sentence encoder trained on hh-rlhf's harmless test pairs by preference, not on red-team ratings.",
    "Moderation scores come from a small classifier of the project's own, not from OpenAI.",
    "Win rates come from a small encoder that learned to tell fitting answers from others, and from the small model itself as a judge.",
    "Refusals are found by a small classifier, with a small sentence encoder, trained on the project's own answers and on those of three models that XSTest's annotators judged.",
    "Benchmarks are 100 items each, recovered from published prompts; BoolQ comes without its passages and is another task.",
  ],
}
