-- The sets that were asked, each split into prompts to refuse and prompts to answer, with the first prompt as example.
SELECT
  "set", unsafe,
  count(DISTINCT prompt_key) AS prompts,
  count(DISTINCT topic) AS topics,
  any_value(contrast) AS contrast,
  arg_min(prompt, prompt_key) AS example
FROM graded
JOIN set_order USING ("set", unsafe)
GROUP BY "set", unsafe
ORDER BY any_value(position);
