"""Slower tests of the worker: `make test-hub`."""
