-- What the bootstrap draws from: a value for each model, seed and prompt.
SELECT
  model, safety, seed, "set", unsafe, contrast, prompt_key AS prompt, score, refused
FROM graded
ORDER BY model, safety, seed, "set", unsafe, prompt_key;
