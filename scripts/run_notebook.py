"""Runs a Deno notebook from top to bottom and writes its page.

    python scripts/run_notebook.py NOTEBOOK.ipynb --html OUT.html [--ipynb OUT.ipynb] [--kernel-path notebooks/kernels]
                                   [--directory FOLDER] [--state FOLDER] [--timeout SECONDS]

Cells run in --directory (default: the folder above --kernel-path), so that their imports mean the same wherever the
notebook itself lies. When a cell fails, one line on stderr names it, no page is written and the exit code is 1; a file
that cannot be read or arguments that do not fit give 2.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from notebook_runner.surroundings import ROOT, prepare


def main() -> int:
    """Runs the command line and gives its exit code."""
    arguments = _arguments()
    kernels = arguments.kernel_path.resolve()
    source, html = arguments.notebook.resolve(), arguments.html.resolve()
    directory = (arguments.directory or kernels.parent).resolve()
    if not (kernels / "deno" / "kernel.json").is_file():
        return _refuse(f'there is no Deno kernel in {kernels}; name the folder "notebooks/kernels" with --kernel-path')
    if not (ROOT / "node_modules" / ".bin" / "deno").exists():
        return _refuse('Deno is not installed; run "make setup" first')
    state = arguments.state or ROOT / ".cache" / "notebook-state"
    state.mkdir(parents=True, exist_ok=True)
    prepare(state.resolve(), kernels)
    return _run(source, html, arguments.ipynb, kernels, directory, arguments.timeout)


def _run(source: Path, html: Path, ipynb: Path | None, kernels: Path, directory: Path, timeout: int) -> int:
    import nbformat

    from notebook_runner import client, page

    try:
        notebook = nbformat.read(source, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        return _refuse(f"{source} is not a notebook that can be read: {str(error).splitlines()[0]}")
    failure = None
    try:
        client.execute(notebook, kernels, directory, timeout)
    except client.NotebookFailure as error:
        failure = error
    page.settle(notebook)
    if ipynb:
        _write(ipynb, nbformat.writes(notebook) + "\n")
    if failure:
        print(f"{source.name}: {failure}", file=sys.stderr)
        return 1
    text = page.render(notebook, source.stem)
    if fetched := page.fetches(text):
        print(f"{source.name}: its page would load {fetched[0]} from the network; show it inline", file=sys.stderr)
        return 1
    _write(html, text)
    return 0


def _write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def _refuse(problem: str) -> int:
    print(f"run_notebook: {problem}", file=sys.stderr)
    return 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs a Deno notebook and writes its HTML page.")
    parser.add_argument("notebook", type=Path, help="the .ipynb to run; it is not changed")
    parser.add_argument("--html", type=Path, required=True, help="where the page goes")
    parser.add_argument("--ipynb", type=Path, help="where the executed notebook goes, also when a cell fails")
    parser.add_argument("--kernel-path", type=Path, default=ROOT / "notebooks" / "kernels", help="folder of kernels")
    parser.add_argument("--directory", type=Path, help="working directory of the cells")
    parser.add_argument("--state", type=Path, help="folder for the kernel's home and caches")
    parser.add_argument("--timeout", type=int, default=120, help="seconds that one cell may take")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
