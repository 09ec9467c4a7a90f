"""Run the programs of the documentation, and renew the pictures that they save.

    python docs/make_images.py                       all pages
    python docs/make_images.py tutorial/looking.md   some

A block of Python in a page is a program. Its first line may be its file name, so that the other
blocks can import it; the blocks of a page of the tutorial that have no name are one program, to be
read in parts. Programs run in an empty folder; the pictures that the page shows go from there to
docs/images. The programs of examples.md are the scripts in examples/; their pictures are kept with
fewer colours, as gallery_NAME.png.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
GALLERY, EXAMPLES = "examples.md", DOCS.parent / "examples"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE_NAME = re.compile(r"# (\w+\.py)\n")
PICTURE = re.compile(r"!\[[^\]]+\]\((?:\.\./)?images/([\w.]+)\)")
SECONDS = 100
#: As many as a palette can have.
COLORS = 256


def pages() -> list[str]:
    """All pages, relative to docs/."""
    return sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def programs(page: str) -> dict[str, str]:
    """Programs of a page by file name, in order."""
    found: dict[str, str] = {}
    for number, text in enumerate(BLOCK.findall((DOCS / page).read_text())):
        named = FILE_NAME.match(text)
        if named:
            found[named[1]] = text
        elif page.startswith("tutorial/"):
            found["program.py"] = found.pop("program.py", "") + text
        else:
            found[f"block_{number}.py"] = text
    return found


def pictures(page: str) -> set[str]:
    """Pictures in docs/images that a page shows."""
    return set(PICTURE.findall((DOCS / page).read_text()))


def command(name: str, text: str) -> list[str]:
    """How a program is run: tests by pytest, programs written for Lava by `lavajit run`."""
    if name.startswith("test_"):
        return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name]
    if re.search(r"^from lava\.", text, re.MULTILINE):
        return [sys.executable, "-m", "lavajit", "run", name]
    return [sys.executable, name]


def run_programs(page: str, folder: Path) -> dict[str, str]:
    """Run the programs of a page in a folder; return what they print.

    Raises
    ------
    RuntimeError
        If one fails; with all that it printed.
    """
    found, printed = programs(page), {}
    for name, text in found.items():
        (folder / name).write_text(text)
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    for name, text in found.items():
        done = subprocess.run(
            command(name, text),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"{page}, {name}:\n{done.stdout}{done.stderr}")
        printed[name] = done.stdout
    return printed


def renew_gallery(folder: Path) -> None:
    """Run the examples that make a picture; keep the pictures, small enough for a page of many."""
    from PIL import Image

    for script in sorted(EXAMPLES.glob("*.py")):
        if "savefig" not in script.read_text():
            continue
        run = [sys.executable, str(script)]
        environment = {**os.environ, "MPLBACKEND": "Agg"}
        subprocess.run(run, cwd=folder, env=environment, check=True, timeout=SECONDS)
        kept = IMAGES / f"gallery_{script.stem}.png"
        with Image.open(folder / f"{script.stem}.png") as picture:
            small = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
        small.save(kept, optimize=True)
        print(f"    {kept.name}: {kept.stat().st_size / 1000:.0f} kB")


def main(chosen: list[str]) -> None:
    """Renew the pictures of some pages, or of all."""
    # Run as `python docs/make_images.py`, the programs shall find the checkout.
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(DOCS.parent), os.environ.get("PYTHONPATH")])
    )
    for page in chosen or pages():
        with tempfile.TemporaryDirectory() as folder:
            if page == GALLERY:
                renew_gallery(Path(folder))
            for name, text in run_programs(page, Path(folder)).items():
                print(f"--- {page}, {name}", text, sep="\n", end="")
            for name in sorted(pictures(page)):
                made = Path(folder, name)
                if made.exists():
                    shutil.copy(made, IMAGES)
                    print(f"    {name}: {made.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
