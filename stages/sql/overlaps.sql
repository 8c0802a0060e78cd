-- Rows dropped from training, by where they were dropped and which evaluation set they resemble.
SELECT
  member AS source, "set",
  count(DISTINCT CASE WHEN kind = 'exact' THEN trainingId END) AS exact,
  count(DISTINCT CASE WHEN kind = 'near' THEN trainingId END) AS near,
  count(DISTINCT CASE WHEN kind = 'paraphrase' THEN trainingId END) AS paraphrase,
  count(DISTINCT trainingId) AS "rows"
FROM "overlaps"
GROUP BY member, "set"
ORDER BY member, "set";
