"""One module a task. Each has `run(task, progress)`, which writes the task's outputs and returns its metrics."""
