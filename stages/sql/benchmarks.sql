-- Benchmark scores by number of safety examples, averaged over seeds. Every seed answers the same items, so their sampling
-- error does not shrink with more seeds: it is averaged, and the error of the mean over seeds is added to it.
SELECT
  task, metric, members.model, members.safety,
  count(*) AS seeds,
  avg(value) AS mean,
  sqrt(avg("standardError") ** 2 + coalesce(var_samp(value) / count(*), 0)) AS "standardError",
  stddev_samp(value) AS "seedDeviation",
  max(n) AS items,
  max(shots) AS shots
FROM benchmark_scores
JOIN members USING (member)
WHERE isfinite(value) AND isfinite("standardError")
GROUP BY task, metric, members.model, members.safety
ORDER BY task, metric, members.model DESC, members.safety;
