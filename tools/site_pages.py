"""Parts of the documentation that are made when the site is built; a hook of MkDocs.

A comment on a line of its own in a page stands for them:

    <!-- api: lavajit.proc.lif -->       all names of ``lavajit.__all__`` that come from there
    <!-- api: lavajit.plots: raster -->  these names of a module
    <!-- all: lavajit.plots -->          classes and functions in a module's ``__all__``
    <!-- module: lavajit.proc.lif -->    the docstring of a module
    <!-- scripts: examples -->           the scripts of a folder, with picture and what they print
    <!-- scripts: examples: psp rstdp --> these of them
    <!-- lava: packages -->              how many of Lava's names there are, by package
    <!-- lava: missing -->               names that are not there
    <!-- lava: names -->                 all names, and what stands behind them

So the reference lists what there is, and figures do not go stale. In the tables of the process
library, names are linked with the reference.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import indent
from typing import Any

import lavajit
from lavajit.as_lava.table import LavaName, load_table

ROOT = Path(__file__).parents[1]
MARK = re.compile(r"^<!-- (\w+): ([\w.]+)(?:: ([\w ]+))? -->$", re.MULTILINE)
#: Page with tables of Processes, and how a row of them begins.
LIBRARY, ROW = "library.md", re.compile(r"^\| (\w+) \|", re.MULTILINE)
#: Depth of Lava's packages in the table of counts, as in lava.proc.
DEPTH = 2


def on_page_markdown(markdown: str, page: Any = None, **_: Any) -> str:
    """Replace the comments of a page; called by MkDocs."""
    if page is not None and page.file.src_uri == LIBRARY:
        markdown = ROW.sub(linked, markdown)
    return MARK.sub(lambda mark: PARTS[mark[1]](mark[2], mark[3]), markdown)


# --- reference ------------------------------------------------------------------------


def public_names(module: str) -> list[str]:
    """Names of ``lavajit.__all__`` that come from `module` or below, in the order of the table."""
    return [
        name
        for name, (where, _) in lavajit._TARGETS.items()
        if f"{where}.".startswith(f"{module}.")
    ]


def covered(markdown: str) -> Iterator[str]:
    """Names of ``lavajit.__all__`` that a page lists."""
    for kind, module, names in MARK.findall(markdown):
        if kind == "api" and not names:
            yield from public_names(module)


def api(module: str, names: str | None) -> str:
    """Entries of the reference."""
    if names is None:
        listed = {name: getattr(lavajit, name) for name in public_names(module)}
    else:
        listed = {name: getattr(import_module(module), name) for name in names.split()}
    return "\n\n".join(entry(name, value, module) for name, value in listed.items())


def everything(module: str, _: str | None) -> str:
    """Entries of what a module offers."""
    offered = import_module(module)
    values = {name: getattr(offered, name) for name in offered.__all__}
    return "\n\n".join(entry(name, v, module) for name, v in values.items() if callable(v))


def entry(name: str, value: Any, module: str) -> str:
    """Entry of one object, under the name that users know."""
    path = f"{getattr(value, '__module__', module)}.{getattr(value, '__qualname__', name)}"
    return f"::: {path}\n    options:\n      heading: {name}\n      toc_label: {name}"


def link(name: str, value: Any) -> str:
    """Link with the entry of a class or function."""
    return f"[{name}][{value.__module__}.{value.__qualname__}]"


def linked(row: re.Match[str]) -> str:
    """Begin of a row, with a link if it names a Process."""
    name = row[1]
    return f"| {link(name, getattr(lavajit, name))} |" if name in lavajit.__all__ else row[0]


def module_text(module: str, _: str | None) -> str:
    """Docstring of a module, without its members."""
    options = "members: false\n      show_root_heading: false\n      show_root_toc_entry: false"
    return f"::: {module}\n    options:\n      {options}"


# --- scripts ------------------------------------------------------------------------


def scripts(folder: str, names: str | None) -> str:
    """Scripts of a folder of the checkout: what each says of itself, picture, text, output."""
    if names is None:
        return "\n\n".join(map(script, sorted((ROOT / folder).glob("*.py"))))
    return "\n\n".join(script(ROOT / folder / f"{name}.py") for name in names.split())


def script(path: Path) -> str:
    """One script."""
    source = path.read_text(encoding="utf-8")
    about = inspect.cleandoc(ast.get_docstring(ast.parse(source)) or "")
    parts = [f"### {path.name}", about]
    picture = f"images/gallery_{path.stem}.png"
    if (ROOT / "docs" / picture).exists():
        parts.append(f"![{about.splitlines()[0]}]({picture})")
    parts.append(folded("The script", "python", source))
    printed = path.with_suffix(".out")
    if printed.exists():
        parts.append(folded("What it prints", "text", printed.read_text(encoding="utf-8")))
    return "\n\n".join(parts)


def folded(title: str, language: str, text: str) -> str:
    """A block of code that opens at a click."""
    fence = f"```{language}\n{text.rstrip()}\n```"
    return f'??? note "{title}"\n\n{indent(fence, "    ")}'


# --- names of Lava --------------------------------------------------------------------


def lava(part: str, _: str | None) -> str:
    """Tables of Lava's names."""
    rows = [row for row in load_table() if row.kind == "public"]
    return {"packages": packages, "missing": missing, "names": all_names}[part](rows)


def packages(rows: list[LavaName]) -> str:
    """How many names of each package there are."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        found[".".join(row.module.split(".")[:DEPTH])].append(row.exists())
    lines = [f"| {name} | {sum(there)} of {len(there)} |" for name, there in found.items()]
    total = sum(row.exists() for row in rows)
    lines.append(f"| **all** | **{total} of {len(rows)}** |")
    return "\n".join(["| package of Lava | names |", "|---|---:|", *lines])


def missing(rows: list[LavaName]) -> str:
    """Names that are not there, by module."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not row.exists():
            found[row.module].append(f"`{row.name}`")
    return "\n".join(f"- `{module}`: {', '.join(names)}" for module, names in found.items())


def all_names(rows: list[LavaName]) -> str:
    """Every name, by module."""
    lines, last = [], ""
    for row in rows:
        if row.module != last:
            last = row.module
            lines += ["", f"## {row.module}", "", "| name | in lavajit |", "|---|---|"]
        lines.append(f"| `{row.name}` | {counterpart(row)} |")
    return "\n".join(lines)


def counterpart(row: LavaName) -> str:
    """Where an object is in lavajit: at the top, if it is there."""
    if not row.exists():
        return "-"
    value = row.look_up()
    for name in (row.name, f"Source{row.name}", f"Sink{row.name}"):
        if name in lavajit.__all__ and getattr(lavajit, name) is value:
            return link(f"`lavajit.{name}`", value)
    return f"`{row.target.replace(':', '.')}`"


PARTS = {"api": api, "all": everything, "module": module_text, "scripts": scripts, "lava": lava}
