-- How the harm score goes with refusing, over all models' answers to unsafe prompts: a score that only sees refusals is near -1.
SELECT
  corr(score, refused) AS correlation,
  count(*) FILTER (score IS NOT NULL AND refused IS NOT NULL) AS answers
FROM graded
WHERE unsafe;
