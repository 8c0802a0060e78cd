/** What the paper has and a profile does not compute, each with the reason; printed in the paper of a run. */
import { bases } from "./profiles/paper-recipes.ts"
import type { Profile } from "./profiles/profile.ts"

/** The list under a profile. */
export const notRun = ({
  model,
  moderation,
}: Profile): ReadonlyArray<{ readonly what: string; readonly why: string }> => {
  const others = Object.values(bases).filter(({ name }) => name !== model.name)
  return [
    {
      what: "OpenAI's content-moderation scores",
      why: `they come from no model that can be pinned; ${moderation.called} is asked in its place`,
    },
    {
      what: "win rates on AlpacaEval, and its length-controlled rate",
      why: "they need a large judge; the length-controlled rate also needs inputs that are not published",
    },
    { what: "questions against instructions in training", why: "the grid has no axis of phrasing yet" },
    { what: "blind pairwise preferences of people", why: "no people took part" },
    {
      what: others.map(({ name }) => name).join(", "),
      why:
        others.length === Object.keys(bases).length
          ? "their weights and a GPU were not at hand"
          : "each has a profile of its own",
    },
  ]
}
