/** What a fine-tuning's report says, as a row. */
import type { FineTuneReport } from "../artifacts.ts"
import type { TrainingRunRow } from "../results.ts"
import { type Labelled, memberOf, shareOf } from "./members.ts"

type Report = (typeof FineTuneReport)["~Value"] extends ((value: infer Value) => unknown) | undefined ? Value : never

/** The row of one report; its model is told by the labels of its input. */
export const trainingRow = (input: Labelled, report: Report, generalAmount: number): TrainingRunRow => {
  const { safety, draw, seed } = memberOf(input)
  return {
    safety,
    share: shareOf(safety, generalAmount),
    draw,
    seed,
    steps: report.steps,
    bestStep: report.bestStep,
    trainedTokens: report.trainedTokens,
    truncatedRows: report.truncatedRows,
    lastLoss: report.lossByStep.at(-1)?.[1] ?? null,
    validationLoss: validationLoss(report),
  }
}

/** At the step whose weights were kept, or the last one. */
const validationLoss = (report: Report): number | null => {
  const kept =
    report.validationLossByStep.find(([step]) => step === report.bestStep) ?? report.validationLossByStep.at(-1)
  return kept?.[1] ?? null
}
