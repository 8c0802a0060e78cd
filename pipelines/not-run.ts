/** What the paper has and no profile of this pipeline computes yet, each with the reason; printed in the paper. */
export const notRun: ReadonlyArray<{ readonly what: string; readonly why: string }> = [
  { what: "OpenAI's content-moderation scores", why: "a small local classifier is asked in its place" },
  {
    what: "win rates on AlpacaEval, and its length-controlled rate",
    why: "they need a large judge; the length-controlled rate also needs inputs that are not published",
  },
  { what: "questions against instructions in training", why: "the grid has no axis of phrasing yet" },
  { what: "blind pairwise preferences of people", why: "no people took part" },
  { what: "LLaMA-7B and 13B, Falcon-7B", why: "their weights and a GPU were not at hand" },
]
