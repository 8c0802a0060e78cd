"""The Python worker: each heavy step of a pipeline is a task in a folder, and this package carries such tasks out."""
