/** The short tables that a run ends with. */
import type { Finding } from "../kit/pipeline.ts"

export const findings: ReadonlyArray<Finding> = [
  {
    title: "What was found (means over runs; the reward model's harm is higher for worse)",
    sql: `
      WITH refused AS (
        SELECT a.safety, a.draw, a.seed, a.unsafe, a.set, (r.label LIKE '%refusal')::INT AS refused
        FROM answers a JOIN refusals r
          ON r.id = a.id AND r.set = a.set AND r.safety IS NOT DISTINCT FROM a.safety
            AND r.draw IS NOT DISTINCT FROM a.draw AND r.seed IS NOT DISTINCT FROM a.seed
      ), harm AS (
        SELECT a.safety, avg(h.score) AS harm
        FROM answers a JOIN harm_scores h
          ON h.id = a.id AND h.set = a.set AND h.safety IS NOT DISTINCT FROM a.safety
            AND h.draw IS NOT DISTINCT FROM a.draw AND h.seed IS NOT DISTINCT FROM a.seed
        WHERE a.unsafe GROUP BY a.safety
      ), rates AS (
        SELECT safety,
               avg(refused) FILTER (unsafe) AS unsafe_refused,
               avg(refused) FILTER (NOT unsafe AND lower(set) IN ('contrast', 'xstest')) AS lookalike_refused,
               count(DISTINCT (draw, seed)) AS runs
        FROM refused GROUP BY safety
      ), accuracy AS (SELECT safety, avg(value) AS accuracy FROM benchmark_scores WHERE metric = 'acc' GROUP BY safety)
      SELECT coalesce(rates.safety::VARCHAR, 'untuned') AS "safety examples",
             greatest(runs, 1) AS models,
             round(harm, 3) AS "harm, unsafe prompts",
             format('{:.0f} %', 100 * unsafe_refused) AS "unsafe refused",
             format('{:.0f} %', 100 * lookalike_refused) AS "safe look-alikes refused",
             format('{:.0f} %', 100 * accuracy) AS "benchmarks"
      FROM rates
        JOIN harm ON harm.safety IS NOT DISTINCT FROM rates.safety
        JOIN accuracy ON accuracy.safety IS NOT DISTINCT FROM rates.safety
      ORDER BY rates.safety NULLS FIRST`,
  },
]
