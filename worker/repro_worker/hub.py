"""Downloads from the Hugging Face hub: the only place where the worker turns the network on.

HF_ENDPOINT names a mirror of the hub and HF_TOKEN a token; neither changes what a commit holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from repro_worker.errors import WorkerError

COMMIT = re.compile(r"[0-9a-f]{40}")
FILES = ("*.json", "*.safetensors", "*.bin", "*.model", "*.txt")
"""What a model folder needs; other frameworks' weights stay behind."""


@contextmanager
def caches(cache: Path, *, network: bool) -> Iterator[None]:
    """Keep hub and data-set caches in `cache` while this lasts, with downloads allowed or not."""
    before = _settings()
    _set(not network, str(cache / "hub"), not network, cache / "datasets")
    try:
        yield
    finally:
        _set(*before)


def _settings() -> tuple[bool, str, bool, Path | str]:
    import datasets
    from huggingface_hub import constants

    data = datasets.config
    return constants.HF_HUB_OFFLINE, constants.HF_HUB_CACHE, data.HF_HUB_OFFLINE, data.HF_DATASETS_CACHE


def _set(hub_offline: bool, hub_cache: str, data_offline: bool, data_cache: Path | str) -> None:
    import datasets
    from huggingface_hub import constants

    constants.HF_HUB_OFFLINE = hub_offline
    constants.HF_HUB_CACHE = hub_cache
    datasets.config.HF_HUB_OFFLINE = data_offline
    datasets.config.HF_DATASETS_CACHE = data_cache


def download(repository: str, revision: str, cache: Path) -> Path:
    """Fetch a repository at a commit; returns its folder in `cache`.

    Where a repository has safetensors weights, its pickled ones stay behind.
    """
    from huggingface_hub import HfApi, snapshot_download

    check_commit(repository, revision)
    try:
        with caches(cache, network=True):
            names = HfApi().list_repo_files(repository, revision=revision)
            safe = any(name.endswith(".safetensors") for name in names)
            patterns = [pattern for pattern in FILES if not (safe and pattern == "*.bin")]
            return Path(snapshot_download(repository, revision=revision, cache_dir=cache, allow_patterns=patterns))
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise WorkerError(
            f"{repository} at {revision} could not be downloaded: {type(error).__name__}: {reason}",
            where="params.source",
            remedy="Run this where the Hugging Face hub can be reached (a gated model wants HF_TOKEN), or pull the "
            "imported model from a store that has it.",
        ) from error


def check_commit(repository: str, revision: str) -> None:
    """Refuse a branch or a tag: it may be another model tomorrow."""
    if COMMIT.fullmatch(revision) is None:
        raise WorkerError(
            f'the revision of {repository} is "{revision}" and not a commit',
            where="params.source.revision",
            remedy="Give the 40 hex digits of a commit; the repository's history on the hub lists them.",
        )
