"""Check a built documentation: does a page load anything from elsewhere?

    python -m tools.check_site site

Links to other sites are fine, because a reader chooses to follow them. Scripts, styles, fonts and
pictures have to be there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"(?:url\(|@import\s)\s*[\"']?\s*((?:https?:)?//[^\s\"')]+)", re.IGNORECASE)
#: Links that a browser follows by itself.
LOADED = {"stylesheet", "icon", "preconnect", "preload", "prefetch", "dns-prefetch", "manifest"}


class Loaded(HTMLParser):
    """Collects addresses elsewhere that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes of an element."""
        given = {name: value or "" for name, value in attrs}
        addresses = [given.get("src", ""), given.get("data", "") if tag == "object" else ""]
        addresses += [
            part.split()[0] for part in given.get("srcset", "").split(",") if part.split()
        ]
        if tag == "link" and LOADED & set(given.get("rel", "").lower().split()):
            addresses.append(given.get("href", ""))
        self.found += filter(ELSEWHERE.match, addresses)
        self.found += IN_STYLES.findall(given.get("style", ""))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a style."""
        self._in_style = False

    def handle_data(self, data: str) -> None:
        """Look at styles inside the page."""
        if self._in_style:
            self.found += IN_STYLES.findall(data)


def loaded_from_elsewhere(site: Path) -> Iterator[tuple[str, str]]:
    """Files of a site, with the addresses elsewhere that they load."""
    for path in sorted(site.rglob("*.html")):
        page = Loaded()
        page.feed(path.read_text(encoding="utf-8"))
        yield from ((str(path.relative_to(site)), address) for address in page.found)
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        yield from ((str(path.relative_to(site)), found) for found in IN_STYLES.findall(text))


def main(folder: str) -> int:
    """Print what is wrong; return the exit code."""
    site = Path(folder)
    if not (site / "index.html").is_file():
        print(f"{folder} has no index.html; build it by: mkdocs build --strict -d {folder}")
        return 2
    found = list(loaded_from_elsewhere(site))
    for page, address in found:
        print(f"{page} loads {address}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "site"))
