/**
 * Commits of the models that the paper's profiles take from the Hugging Face hub, 40 hex digits each. No source that was at
 * hand when this was written gives one, and a wrong one would be worse than none: a person who can see the hub writes in
 * the commit that they mean. Until then such a profile can be planned and not run.
 */

/** A commit that nobody has declared. */
export const UNDECLARED = "undeclared"

/** By repository; for services that are asked, whatever their page calls their revision. */
export const pins = {
  "yahma/llama-7b-hf": UNDECLARED,
  "yahma/llama-13b-hf": UNDECLARED,
  "tiiuae/falcon-7b": UNDECLARED,
  "safepaca/absolute-harmfulness-predictor-redteam": UNDECLARED,
  "safepaca/absolute-harmfulness-predictor-redteam-osst": UNDECLARED,
  "OpenAssistant/reward-model-deberta-v3-large": UNDECLARED,
  "unitary/toxic-bert": UNDECLARED,
  "meta-llama/Llama-3.3-70B-Instruct": UNDECLARED,
} as const satisfies Record<string, string>

export type Pinned = keyof typeof pins

/** Revisions by repository. */
export type Pins = Readonly<Record<Pinned, string>>
