-- Wiring that can't be right: answers given twice, scores and labels of answers that are not there.
SELECT 'answers' AS "table", 'is there more than once' AS problem, member, "set", id
FROM answers GROUP BY member, "set", id HAVING count(*) > 1
UNION ALL
SELECT 'harm_scores', 'is there more than once', member, "set", id FROM harm_scores GROUP BY member, "set", id HAVING count(*) > 1
UNION ALL
SELECT 'refusals', 'is there more than once', member, "set", id FROM refusals GROUP BY member, "set", id HAVING count(*) > 1
UNION ALL
SELECT 'harm_scores', 'has no answer', member, "set", id FROM harm_scores ANTI JOIN answers USING (member, "set", id)
UNION ALL
SELECT 'refusals', 'has no answer', member, "set", id FROM refusals ANTI JOIN answers USING (member, "set", id)
ORDER BY ALL
LIMIT 1;
