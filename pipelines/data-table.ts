/** What `repro data` prints: the sets of a profile with their sizes, lengths, topics, drops and a sample. */
import type { HandleOf } from "../kit/node.ts"
import type { DataTable } from "../kit/pipeline.ts"
import type { Prompts } from "../stages/artifacts.ts"
import { describeData } from "../stages/describe-data.ts"
import type { readData } from "./read-data.ts"

/** Describes all data of a profile. */
export const describeSets = (data: ReturnType<typeof readData>, asked: HandleOf<typeof Prompts>) => {
  const { examples, reward } = data.read
  const pairs = reward.objective === "preference" ? { preferred: reward.pairs } : { rated: reward.pairs }
  const overlaps = [data.general.overlaps, data.safety.overlaps, data.rewardPairs.overlaps]
  return describeData(
    {
      examples,
      ...pairs,
      labelled: data.labelled.answers,
      prompts: data.evaluation,
      asked,
      ...data.benchmarks,
      overlaps,
    },
    {},
  ).sets
}

const range = (column: string): string =>
  `format('{} ({}–{})', round("${column}".median)::INT, "${column}".least, "${column}".most)`

/** One row a set. */
export const dataTable: DataTable = {
  result: "dataSets",
  sql: `
    SELECT "set", use, rows, used, topics,
      ${range("requestWords")} AS "words a request",
      CASE WHEN "answerWords" IS NULL THEN '' ELSE ${range("answerWords")} END AS "words an answer",
      CASE WHEN dropped IS NULL THEN ''
        ELSE format('{} / {} / {}', dropped.exact, dropped.near, dropped.paraphrase) END
        AS "dropped (exact / near / paraphrase)",
      sample
    FROM data_sets`,
}
