"""What the quick tests share, for the slower ones of `make test-hub`."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.append(str(TESTS))

from tests.conftest import *  # noqa: E402, F403
