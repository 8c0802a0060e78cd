"""Renders an executed notebook as one HTML page: the same bytes for the same outputs, and nothing from the network."""

import re
from html.parser import HTMLParser
from pathlib import Path

from nbconvert import HTMLExporter
from nbformat import NotebookNode

FETCHING = {
    "script": "src",
    "link": "href",
    "img": "src",
    "image": "href",
    "use": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
    "embed": "src",
}
"""The attribute by which an element makes a browser fetch something."""

CSS_FETCH = re.compile(r"""(?:@import\s+|url\()\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


def settle(notebook: NotebookNode) -> None:
    """Takes what differs from run to run out of a notebook: execution times, and ids that were drawn at random."""
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"
        cell.metadata.pop("execution", None)
        cell.metadata.pop("ExecuteTime", None)
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    notebook.metadata.pop("widgets", None)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)


def render(notebook: NotebookNode, title: str) -> str:
    """The page of a settled notebook; `title` is used where the notebook's metadata has none."""
    exporter = HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(Path(__file__).parent)],
        embed_images=True,
    )
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title}})
    return page


def fetches(page: str) -> list[str]:
    """What a browser would load over the network to show `page`: `<script src=…>` and the like, addresses in CSS."""
    finder = _Fetches()
    finder.feed(page)
    return finder.found


class _Fetches(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if name.removeprefix("xlink:") == FETCHING.get(tag) and re.match(r"\s*(https?:)?//", value or ""):
                self.found.append(f"<{tag} {name}={value}>")
            if name == "style":
                self._find_css(value or "")

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._find_css(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def _find_css(self, css: str) -> None:
        self.found.extend(f"{address} in a style" for address in CSS_FETCH.findall(css))
