-- What the bootstrap draws from: a value for each model, run and prompt.
SELECT
  model, safety, recipe, run, seed, "set", unsafe, contrast, prompt_key AS prompt, score, refused
FROM graded
ORDER BY model, safety, recipe, run, "set", unsafe, prompt_key;
