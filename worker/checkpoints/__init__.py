"""Tests of published checkpoints, which need the hub: `make test-checkpoints`."""
