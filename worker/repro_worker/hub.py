"""Downloads from the Hugging Face hub: the only place where the worker turns the network on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from repro_worker.errors import WorkerError

FILES = ("*.json", "*.safetensors", "*.bin", "*.model", "*.txt")
"""What a model folder needs; other frameworks' weights stay behind."""


@contextmanager
def caches(cache: Path, *, network: bool) -> Iterator[None]:
    """Keep hub and data-set caches in `cache` while this lasts, with downloads allowed or not."""
    import datasets
    from huggingface_hub import constants

    settings = {
        (constants, "HF_HUB_OFFLINE"): not network,
        (constants, "HF_HUB_CACHE"): str(cache / "hub"),
        (datasets.config, "HF_HUB_OFFLINE"): not network,
        (datasets.config, "HF_DATASETS_CACHE"): cache / "datasets",
    }
    before = {place: getattr(*place) for place in settings}
    try:
        for (module, name), value in settings.items():
            setattr(module, name, value)
        yield
    finally:
        for (module, name), value in before.items():
            setattr(module, name, value)


def download(repository: str, revision: str, cache: Path) -> Path:
    """Fetch a repository at a revision; returns its folder in `cache`."""
    from huggingface_hub import snapshot_download

    try:
        with caches(cache, network=True):
            patterns = list(FILES)
            return Path(snapshot_download(repository, revision=revision, cache_dir=cache, allow_patterns=patterns))
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise WorkerError(
            f"{repository} at {revision} could not be downloaded: {type(error).__name__}: {reason}",
            where="params.source",
            remedy="Run this where the Hugging Face hub can be reached (a gated model wants HF_TOKEN), or pull the "
            "imported model from a store that has it.",
        ) from error
