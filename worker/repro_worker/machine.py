"""What ran here: versions of the packages that shape results, the device, and the peak of memory."""

from __future__ import annotations

import importlib.metadata
import platform
import resource
import sys
from pathlib import Path
from typing import Any

import torch

PACKAGES = ("torch", "transformers", "peft", "tokenizers", "safetensors", "numpy", "lm-eval", "gguf")


def versions() -> dict[str, str]:
    """Installed versions of the packages that matter, and of Python."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def describe() -> dict[str, Any]:
    """The device and what decides rounding on it."""
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
    capability = torch.backends.cpu.get_cpu_capability()
    system = f"{platform.system()} {platform.machine()}"
    return {"device": device, "threads": torch.get_num_threads(), "system": system, "cpuCapability": capability}


def reset_peak_memory() -> None:
    """Start a new peak for this task, where the system allows it (Linux; elsewhere the peak is the process's)."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_memory_bytes() -> int:
    """The most memory held since `reset_peak_memory`: the GPU's where there is one, else resident memory."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
