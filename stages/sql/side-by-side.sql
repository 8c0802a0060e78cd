-- The answers of some models to the first prompt (by its id) of each set, safe and unsafe prompts apart; the first run
-- speaks for a model. No answer is chosen for what it says.
WITH first_prompts AS (
  SELECT "set", unsafe, min(id) AS id FROM answers GROUP BY "set", unsafe
),
first_runs AS (
  SELECT arg_min(member, (draw, seed)) AS member FROM members GROUP BY model, safety
)
SELECT graded."set", graded.unsafe, graded.id, graded.prompt, graded.model, graded.safety, graded.draw, graded.seed,
  graded.answer, graded.label
FROM graded
JOIN first_prompts USING ("set", unsafe, id)
JOIN first_runs USING (member)
JOIN set_order ON set_order."set" = graded."set" AND set_order.unsafe = graded.unsafe
WHERE graded.model = 'untuned' OR list_contains(from_json($amounts, '["BIGINT"]'), graded.safety)
ORDER BY set_order.position, graded.model DESC, graded.safety;
