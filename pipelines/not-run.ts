/** What the paper has and no profile of this pipeline computes yet, each with the reason; printed in the paper. */
export const notRun: ReadonlyArray<{ readonly what: string; readonly why: string }> = [
  { what: "content-moderation scores", why: "the pipeline has no moderation stage yet" },
  { what: "win rates on I-Alpaca and AlpacaEval", why: "the pipeline has no general reward model and no judge yet" },
  { what: "questions against instructions in training", why: "the grid has no axis of phrasing yet" },
  { what: "blind pairwise preferences of people", why: "no people took part" },
  { what: "LLaMA-7B and 13B, Falcon-7B", why: "their weights and a GPU were not at hand" },
]
