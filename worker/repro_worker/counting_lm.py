"""The harness's model class, with its silent cut made visible: it counts the requests that lose the start of their
context.
"""

from __future__ import annotations

from typing import Any

from lm_eval.models.huggingface import HFLM


class CountingLM(HFLM):
    """An HFLM that counts requests longer than `max_length`."""

    truncated_requests = 0

    def _loglikelihood_tokens(self, requests: list, *args: Any, **kwargs: Any) -> list:
        """Count, then score as the harness does (it keeps the last `max_length` tokens of the input)."""
        self.truncated_requests += sum(len(request[1]) + len(request[2]) > self.max_length + 1 for request in requests)
        return super()._loglikelihood_tokens(requests, *args, **kwargs)
