-- What is not there: answers that another model gave and this one did not, answers without a score, answers without a label.
SELECT
  (SELECT count(DISTINCT prompt_key) FROM graded) * (SELECT count(*) FROM members) - count(*) AS answers,
  count(*) - count(score) AS "harmScores",
  count(*) - count(label) AS "refusalLabels"
FROM graded;
