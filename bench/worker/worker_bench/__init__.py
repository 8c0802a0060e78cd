"""`make bench-worker`: the worker beside plain ways of doing its work, on one machine in one run."""
