"""The authors' way to answer prompts, rewritten after their repository: the adapter stays beside the base model, one
prompt at a time goes through `generate` with their arguments, scores are returned and not used.

Two departures: sampling was off there, so its arguments are left out, which changes nothing and spares warnings; and
the answer is kept whole, where they cut it at a repeated "### Response:".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, GenerationConfig

from repro_worker.models import DTYPES, load_tokenizer
from repro_worker.template import alpaca_prompt


@dataclass(frozen=True)
class PlainAnswer:
    """An answer's text, and how many tokens were produced, the end token too."""

    text: str
    tokens: int


class AuthorsWay:
    """A model with an adapter as the authors' script loads them."""

    def __init__(self, model: Path, adapter: Path, dtype: str) -> None:
        self.tokenizer = load_tokenizer(model)
        base = AutoModelForCausalLM.from_pretrained(model, dtype=DTYPES[dtype], local_files_only=True)
        self.model = PeftModel.from_pretrained(base, adapter).eval()

    def answer(self, instruction: str, beams: int, max_new_tokens: int) -> PlainAnswer:
        """Answer one prompt."""
        encoded = self.tokenizer(alpaca_prompt(instruction), return_tensors="pt")
        end = self.tokenizer.eos_token_id
        config = GenerationConfig(
            num_beams=beams,
            do_sample=False,
            bos_token_id=self.tokenizer.bos_token_id,
            eos_token_id=end,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        with torch.no_grad():
            output = self.model.generate(
                input_ids=encoded.input_ids,
                generation_config=config,
                return_dict_in_generate=True,
                output_scores=True,
                max_new_tokens=max_new_tokens,
            )
        produced = output.sequences[0, encoded.input_ids.shape[1] :].tolist()
        kept = produced[: produced.index(end)] if end in produced else produced
        text = self.tokenizer.decode(kept, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return PlainAnswer(text, min(len(kept) + 1, len(produced)))
