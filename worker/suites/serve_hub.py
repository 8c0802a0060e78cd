"""A hub for a small run of the paper's profile: tiny models under the names of the real ones, and data sets.

Prints its address as a line, and ends when stdin does: `python -m suites.serve_hub FOLDER` in worker/.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from hub_double import serving
from test_hub import published_reward

from conftest import make_tiny_model
from suites.test_official_benchmark import REPOSITORIES, data_set

REWARDS = ("safepaca/absolute-harmfulness-predictor-redteam", "OpenAssistant/reward-model-deberta-v3-large")


def main() -> None:
    """Make the repositories below the folder and serve them."""
    root = Path(sys.argv[1])
    folders = {"models/yahma/llama-7b-hf": make_tiny_model(root / "base")}
    folders |= {f"models/{name}": published_reward(root / name.split("/")[0]) for name in REWARDS}
    folders |= {f"datasets/{REPOSITORIES[name]}": data_set(root / name, name) for name in REPOSITORIES}
    with serving(folders) as hub:
        print(hub.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
