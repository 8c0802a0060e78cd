/** The nested choice among variants of the refusal classifier, which bench/refusals-choice makes. */
import { describe, expect, it } from "vitest"
import { hits, merit, type Tried } from "../../bench/refusals-choice/nested.ts"

const tried = (model: string, learned: string, fold: number, hidden: number, predicted: string): Tried => ({
  ...{ model, learned, fold, hidden, predicted },
  label: "partial_refusal",
})

describe("a choice for a model's fold", () => {
  const wrong = "full_compliance"
  it("hangs on trials alone in which neither the model nor the fold was seen", () => {
    const allowed = [tried("b", "c", 1, 0, wrong), tried("c", "b", 2, 0, wrong)]
    const forbidden = [
      tried("a", "b", 1, 0, "partial_refusal"),
      tried("b", "a", 1, 0, "partial_refusal"),
      tried("b", "c", 0, 1, "partial_refusal"),
      tried("b", "c", 1, 2, "partial_refusal"),
    ]
    expect(merit([...allowed, ...forbidden], "a", 0)).toBe(0)
    expect(merit([...allowed, ...forbidden], "a", 1)).toBe(1)
  })
  it("counts half for a refusal that is found with another class", () => {
    const given = [tried("b", "c", 1, 0, "full_refusal")]
    expect(hits(given)).toEqual({ refused: 1, classes: 0 })
    expect(merit(given, "a", 0)).toBe(0.5)
  })
})
