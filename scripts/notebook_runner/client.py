"""Executes a notebook's cells in a Deno kernel and loses no output.

Deno's kernel may report that it is idle before it has sent a cell's last outputs; a client that stops listening there
loses them. This one goes on until the channel has been quiet for a while.
"""

import ctypes
import signal
import sys
from pathlib import Path
from queue import Empty

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.client import CellExecutionComplete
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

QUIET_SECONDS = 0.3
"""How long the output channel must be silent after "idle" until a cell counts as done."""

PR_SET_PDEATHSIG = 1
"""From Linux's prctl(2)."""


class NotebookFailure(Exception):
    """A cell did not succeed: its number among the code cells from 1, its first line and what went wrong."""

    def __init__(self, number: int, source: str, problem: str) -> None:
        self.number = number
        self.first_line = next((line.strip() for line in source.splitlines() if line.strip()), "")
        self.problem = problem
        super().__init__(f"cell {number} (`{self.first_line}`) failed: {problem}")


class DrainingClient(NotebookClient):
    """A notebook client that waits for late outputs and knows which cell is running."""

    running = 0
    """Number of the code cell that runs or ran last, from 1."""

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        idle = False
        while True:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=QUIET_SECONDS if idle else None)
            except Empty:
                return
            if message["parent_header"].get("msg_id") != parent_msg_id:
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                idle = True


def execute(notebook: NotebookNode, kernels: Path, folder: Path, timeout: int) -> None:
    """Runs every code cell of `notebook` in place, with `folder` as working directory and `timeout` seconds a cell.

    Raises NotebookFailure when a cell throws, takes too long or takes the kernel down.
    """
    client = DrainingClient(
        notebook,
        km=_kernel_manager(kernels),
        timeout=timeout,
        iopub_timeout=10,
        startup_timeout=60,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    codes = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    client.on_cell_execute = lambda cell, cell_index: setattr(client, "running", _number(codes, cell))
    try:
        client.execute(stdout=sys.stderr, preexec_fn=_die_with_parent if sys.platform == "linux" else None)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise _failure(client.running, codes, error, timeout) from error


def _kernel_manager(kernels: Path) -> AsyncKernelManager:
    """A kernel that listens on the loopback address only and is found in `kernels` only."""
    specifications = KernelSpecManager(kernel_dirs=[str(kernels)], ensure_native_kernel=False)
    return AsyncKernelManager(kernel_name="deno", kernel_spec_manager=specifications, transport="tcp", ip="127.0.0.1")


def _number(codes: list[NotebookNode], cell: NotebookNode) -> int:
    return next((number for number, code in enumerate(codes, 1) if code is cell), 0)


def _failure(number: int, codes: list[NotebookNode], error: Exception, timeout: int) -> NotebookFailure:
    source = codes[number - 1].source if number else ""
    if isinstance(error, CellExecutionError):
        name, value = error.ename.strip(), error.evalue.strip()
        return NotebookFailure(number, source, value if value.startswith(name) else f"{name}: {value}")
    if isinstance(error, CellTimeoutError):
        return NotebookFailure(number, source, f"it ran longer than {timeout} s; allow more with --timeout")
    return NotebookFailure(number, source, "the Deno kernel died; its own words, if any, are above")


def _die_with_parent() -> None:
    """Runs in the kernel's process before it starts: it ends with this process, even when that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
