"""A causal model as OpenAI-style chat completion: greedy, with log-probabilities of the tokens that were possible.

Only what the kit asks for is offered; any other request is refused by name and never half-answered.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from repro_worker import quiet  # noqa: F401 - settings before libraries

# isort: split
import torch
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from repro_worker import determinism
from repro_worker.models import DTYPES, context_length, load_base
from repro_worker.params import Params
from repro_worker.services.http import RequestError, Route, serve
from repro_worker.template import alpaca_prompt
from repro_worker.tokens import prompt_ids

ROLES = ("system", "user", "assistant")
MOST_TOP = 20
FIELDS = {"model", "messages", "max_tokens", "temperature", "logprobs", "top_logprobs", "seed", "stream"}


def main() -> int:
    """Serve the model in the input "model"."""
    return serve(_load)


def _load(inputs: dict[str, Path], params: Params) -> dict[str, Route]:
    determinism.start(0)
    name = params.text("name")
    model, tokenizer = load_base(inputs["model"], params.choice("dtype", tuple(DTYPES)))
    chat = ChatModel(model, tokenizer, name)
    return {"/v1/chat/completions": chat.complete}


class ChatModel:
    """Answers one conversation at a time."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
        self.model, self.tokenizer, self.name = model, tokenizer, name
        self.ends = set(model.generation_config.eos_token_id or [])

    def complete(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        unknown = sorted(set(request) - FIELDS)
        if unknown:
            raise RequestError(f"not offered: {', '.join(unknown)}")
        if request.get("model", self.name) != self.name:
            raise RequestError(f"this service offers {self.name}, not {request['model']}")
        if request.get("temperature", 0) != 0 or request.get("stream"):
            raise RequestError("only greedy answers in one piece are offered: temperature 0, no stream")
        limit, top = _whole(request, "max_tokens", 16, 1), _whole(request, "top_logprobs", 0, 0)
        if top > MOST_TOP or (top and not request.get("logprobs")):
            raise RequestError(f"top_logprobs goes up to {MOST_TOP} and needs logprobs")
        ids = self._encode(_messages(request))
        if len(ids) + limit > context_length(self.model):
            raise RequestError(f"the conversation has {len(ids)} tokens, too many for an answer of {limit}")
        tokens, steps = self._greedy(ids, limit, top)
        ended = bool(tokens) and tokens[-1] in self.ends
        kept = tokens[:-1] if ended else tokens
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": self.tokenizer.decode(kept, skip_special_tokens=True)},
            "finish_reason": "stop" if ended else "length",
            "logprobs": {"content": steps} if request.get("logprobs") else None,
        }
        usage = {"prompt_tokens": len(ids), "completion_tokens": len(tokens), "total_tokens": len(ids) + len(tokens)}
        return {
            "id": "local",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": self.name,
            "system_fingerprint": "local",
            "choices": [choice],
            "usage": usage,
        }

    def _encode(self, messages: list[dict[str, str]]) -> list[int]:
        if self.tokenizer.chat_template is not None:
            text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            return list(self.tokenizer(text, add_special_tokens=False).input_ids)
        return prompt_ids(self.tokenizer, alpaca_prompt("\n\n".join(message["content"] for message in messages)))

    @torch.inference_mode()
    def _greedy(self, ids: list[int], limit: int, top: int) -> tuple[list[int], list[dict[str, Any]]]:
        cache = DynamicCache(config=self.model.config)
        given = torch.tensor([ids], device=self.model.device)
        tokens: list[int] = []
        steps: list[dict[str, Any]] = []
        while len(tokens) < limit:
            output = self.model(input_ids=given, past_key_values=cache, use_cache=True, logits_to_keep=1)
            logs = output.logits[0, -1].float().log_softmax(dim=-1)
            token = int(logs.argmax())
            tokens.append(token)
            steps.append(self._step(logs, token, top))
            if token in self.ends:
                break
            given = torch.tensor([[token]], device=self.model.device)
        return tokens, steps

    def _step(self, logs: torch.Tensor, token: int, top: int) -> dict[str, Any]:
        best = logs.topk(top) if top else None
        others = [] if best is None else [self._log(int(at), logs) for at in best.indices]
        return {**self._log(token, logs), "top_logprobs": others}

    def _log(self, token: int, logs: torch.Tensor) -> dict[str, Any]:
        return {"token": self.tokenizer.decode([token]), "logprob": float(logs[token])}


def _whole(request: dict[str, Any], name: str, default: int, least: int) -> int:
    value = request.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise RequestError(f"{name} is {value!r}, not a whole number of at least {least}")
    return value


def _messages(request: dict[str, Any]) -> list[dict[str, str]]:
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RequestError("messages is not a list with at least one message")
    for message in messages:
        if (
            not isinstance(message, dict)
            or message.get("role") not in ROLES
            or not isinstance(message.get("content"), str)
        ):
            raise RequestError(f"a message needs a role ({', '.join(ROLES)}) and a text as its content")
    return [{"role": message["role"], "content": message["content"]} for message in messages]


if __name__ == "__main__":
    sys.exit(main())
