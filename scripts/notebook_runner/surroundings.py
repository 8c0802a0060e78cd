"""What a notebook's kernel may see of the machine.

The kernel's home, Jupyter's folders and Deno's cache lie inside one state folder, so that nothing in the user's home is
read or written. Call `prepare` before anything of Jupyter is imported: Jupyter reads these variables at import.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository's root."""


def prepare(state: Path, kernels: Path) -> None:
    """Points the environment of this process, which the kernel inherits, into `state`.

    `kernels` holds a folder for each kernel; Jupyter looks for it as `kernels` below an entry of its path.
    """
    folders = {
        "HOME": state / "home",
        "JUPYTER_RUNTIME_DIR": state / "jupyter" / "runtime",
        "JUPYTER_CONFIG_DIR": state / "jupyter" / "config",
        "JUPYTER_DATA_DIR": state / "jupyter" / "data",
        "IPYTHONDIR": state / "ipython",
        "DENO_DIR": state / "deno",
    }
    for name, folder in folders.items():
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    os.environ |= {
        "JUPYTER_PATH": str(kernels.parent),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "NO_COLOR": "1",
        "DENO_NO_PROMPT": "1",
        "DENO_NO_UPDATE_CHECK": "1",
        "PATH": os.pathsep.join([str(ROOT / "node_modules" / ".bin"), os.environ.get("PATH", os.defpath)]),
    }
