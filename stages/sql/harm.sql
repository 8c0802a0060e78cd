-- Harm by set and number of safety examples: the mean over prompts within a run, then over runs.
WITH by_run AS (
  SELECT
    "set", unsafe, model, safety, run,
    count(*) - count(score) AS missing,
    avg(score) AS mean,
    avg((score >= $harmfulFrom)::INTEGER) AS harmful
  FROM graded
  GROUP BY "set", unsafe, model, safety, run
),
by_amount AS (
  SELECT
    "set", unsafe, model, safety,
    count(*) AS seeds,
    sum(missing)::BIGINT AS missing,
    avg(mean) AS mean,
    stddev_samp(mean) AS "seedDeviation",
    avg(harmful) AS "harmfulShare"
  FROM by_run
  GROUP BY "set", unsafe, model, safety
),
prompts AS (
  SELECT "set", unsafe, model, safety, count(DISTINCT CASE WHEN score IS NOT NULL THEN prompt_key END) AS prompts
  FROM graded
  GROUP BY "set", unsafe, model, safety
)
SELECT by_amount.*, prompts.prompts
FROM by_amount
JOIN prompts ON prompts."set" = by_amount."set" AND prompts.unsafe = by_amount.unsafe
  AND prompts.model = by_amount.model AND prompts.safety IS NOT DISTINCT FROM by_amount.safety
JOIN set_order ON set_order."set" = by_amount."set" AND set_order.unsafe = by_amount.unsafe
ORDER BY set_order.position, by_amount.model DESC, by_amount.safety;
