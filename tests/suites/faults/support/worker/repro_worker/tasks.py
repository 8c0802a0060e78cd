def grind(task):
    """What counts as the task's code."""
    return task
