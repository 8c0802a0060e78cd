-- Refusals by set and number of safety examples. Shares are of the answers that have a label, "unclear" ones included.
WITH by_run AS (
  SELECT "set", unsafe, model, safety, run, avg(refused) AS refused
  FROM graded
  GROUP BY "set", unsafe, model, safety, run
),
spread AS (
  SELECT "set", unsafe, model, safety, count(*) AS seeds, stddev_samp(refused) AS "seedDeviation"
  FROM by_run
  GROUP BY "set", unsafe, model, safety
)
SELECT
  graded."set", graded.unsafe, graded.model, graded.safety, any_value(spread.seeds) AS seeds,
  count(label) AS answers,
  count(*) - count(label) AS missing,
  count(DISTINCT CASE WHEN label IS NOT NULL THEN prompt_key END) AS prompts,
  avg(CASE WHEN label IS NOT NULL THEN (label = 'full_refusal')::INTEGER END) AS "full",
  avg(CASE WHEN label IS NOT NULL THEN (label = 'partial_refusal')::INTEGER END) AS partial,
  avg(CASE WHEN label IS NOT NULL THEN (label = 'unclear')::INTEGER END) AS unclear,
  avg(refused) AS refused,
  any_value(spread."seedDeviation") AS "seedDeviation"
FROM graded
JOIN spread ON spread."set" = graded."set" AND spread.unsafe = graded.unsafe AND spread.model = graded.model
  AND spread.safety IS NOT DISTINCT FROM graded.safety
JOIN set_order ON set_order."set" = graded."set" AND set_order.unsafe = graded.unsafe
GROUP BY graded."set", graded.unsafe, graded.model, graded.safety
ORDER BY any_value(set_order.position), graded.model DESC, graded.safety;
