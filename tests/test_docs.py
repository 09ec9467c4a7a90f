"""Documentation that cannot go stale: its programs run, its lists and links are complete."""

import importlib
import importlib.util
import pkgutil
import re
from collections import Counter
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import lavajit
import lavajit.proc
from lavajit.as_lava.table import load_table
from lavajit.model.model import AbstractProcessModel
from lavajit.process.process import AbstractProcess

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def script(path: str) -> ModuleType:
    """A script of the checkout, which is not installed."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_images = script("docs/make_images.py")
site_pages = script("tools/site_pages.py")
check_site = script("tools/check_site.py")
PAGES = make_images.pages()
programs = make_images.programs

# --- programs and pictures ------------------------------------------------------------

#: Pages whose programs take long: many kernels, many figures.
SLOW = {"checkpoints.md", "learning.md", "neurocores.md", "plots.md"} | {
    f"tutorial/{name}.md" for name in ("looking", "neuron", "learning_rule", "large_networks")
}
LARGEST_PICTURE = 100_000
#: Pages whose blocks without a language are printed by their programs, but for commands.
PRINTED = {"neurocores.md"}
PLAIN_BLOCK = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def pages_with_programs() -> list:
    """Names of pages, marked."""
    found = [page for page in PAGES if programs(page)]
    return [pytest.param(p, marks=pytest.mark.slow) if p in SLOW else p for p in found]


@pytest.mark.parametrize("page", pages_with_programs())
def test_programs_run_and_make_the_pictures_of_the_page(page, tmp_path):
    printed = "".join(make_images.run_programs(page, tmp_path).values())
    if page in PRINTED:
        blocks = PLAIN_BLOCK.findall(make_images.BLOCK.sub("", (DOCS / page).read_text()))
        commands = [block for block in blocks if block.startswith("lavajit ")]
        assert [block for block in blocks if block not in printed] == commands
    shown = make_images.pictures(page)
    made = {picture.name for picture in tmp_path.glob("*.png")}
    assert made == shown or not page.startswith("tutorial/")
    for name in made & shown:
        kept = DOCS / "images" / name
        assert kept.is_file(), f"python docs/make_images.py {page}"
        assert kept.stat().st_size < LARGEST_PICTURE


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("tutorial/")])
def test_every_page_of_the_tutorial_has_a_program_and_a_picture(page):
    assert page == "tutorial/index.md" or (programs(page) and make_images.pictures(page))


def test_own_neuron_is_one_short_file():
    assert len(programs("own_neuron.md")["izhikevich.py"].splitlines()) < 60


# --- the site -------------------------------------------------------------------------

LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)")


def anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page, as MkDocs makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", title.replace("`", "")).strip().lower() for title in titles]
    return {re.sub(r"[\s-]+", "-", title) for title in plain}


@pytest.mark.parametrize("page", [*PAGES, "../README.md", "../CONTRIBUTING.md"])
def test_links_inside_lead_somewhere(page):
    here = DOCS / page
    text = re.sub(r"^```.*?^```$", "", here.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target, anchor in LINK.findall(text):
        if "://" in target:
            continue
        there = (here.parent / target).resolve() if target else here.resolve()
        assert there.exists(), f"{page}: {target}"
        assert not anchor or anchor in anchors(there), f"{page}: {target}#{anchor}"


def test_every_page_is_in_the_navigation():
    text = (ROOT / "mkdocs.yml").read_text()
    assert [page for page in PAGES if page not in text] == []


def test_every_public_name_is_in_the_reference_once():
    found = Counter()
    for page in (DOCS / "reference").glob("*.md"):
        found.update(site_pages.covered(page.read_text()))
    missing = {name: lavajit._TARGETS[name][0] for name in lavajit._TARGETS.keys() - found.keys()}
    assert not missing, "add `<!-- api: MODULE -->` to a page of docs/reference"
    assert [name for name, count in found.items() if count > 1] == []


def test_parts_that_are_made():
    text = site_pages.on_page_markdown("one\n\n<!-- api: lavajit.sweeps -->\n\n<!-- other -->\n")
    assert "::: lavajit.sweeps.sweep.sweep\n" in text and "<!-- other -->" in text
    page = SimpleNamespace(file=SimpleNamespace(src_uri="library.md"))
    rows = site_pages.on_page_markdown("| Process | tags |\n| LIF | float |", page=page)
    assert rows == "| Process | tags |\n| [LIF][lavajit.proc.lif.lif.LIF] | float |"


def test_scripts_come_with_their_output():
    text = site_pages.on_page_markdown("<!-- scripts: examples -->")
    assert "## own_lif.py\n\nA neuron of one's own" in text
    source = (ROOT / "examples" / "own_lif.py").read_text()
    assert f"    {source.splitlines()[-1]}\n" in text and text.count('??? note "The script"') > 8
    assert (ROOT / "examples" / "own_lif.out").read_text().splitlines()[0] in text
    chosen = site_pages.on_page_markdown("<!-- scripts: examples: psp own_lif -->")
    assert re.findall(r"^### (.+)$", chosen, re.MULTILINE) == ["psp.py", "own_lif.py"]
    assert chosen.count("](images/gallery_") == chosen.count("](images/gallery_psp.png)") == 1


def test_tables_of_names_of_lava():
    public = [row for row in load_table() if row.kind == "public"]
    built = sum(row.exists() for row in public)
    assert f"**{built} of {len(public)}**" in site_pages.lava("packages", None)
    assert site_pages.lava("missing", None).count("`") == 2 * (
        len(public) - built + len({row.module for row in public if not row.exists()})
    )
    names = site_pages.lava("names", None)
    assert "| `RingBuffer` | [`lavajit.SourceRingBuffer`][lavajit.proc.io.source" in names


@pytest.mark.parametrize(
    "text, loaded",
    [
        ('<a href="https://x.org">', []),
        ('<link rel="canonical" href="https://x.org">', []),
        ('<script src="https://x.org/a.js"></script>', ["https://x.org/a.js"]),
        ('<img src="a.png" srcset="//x.org/b.png 2x">', ["//x.org/b.png"]),
        ('<link rel="stylesheet" href="//x.org/a.css">', ["//x.org/a.css"]),
        ("<style>p {background: url('https://x.org/a')}</style>", ["https://x.org/a"]),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_found(text, loaded, tmp_path):
    (tmp_path / "index.html").write_text(text)
    assert [address for _, address in check_site.loaded_from_elsewhere(tmp_path)] == loaded
    assert check_site.main(str(tmp_path)) == bool(loaded)


# --- the table of Processes -----------------------------------------------------------

SHORT = {"floating_pt": "float", "fixed_pt": "fixed", "bit_accurate_loihi": "Loihi"}
RENAMED = {
    "lavajit.proc.io.source.RingBuffer": "SourceRingBuffer",
    "lavajit.proc.io.sink.RingBuffer": "SinkRingBuffer",
}
#: Used by other Processes only.
PARTS = {"OutPortRecorder", "VarRecorder"}


def processes_of_the_library() -> dict[str, set[str]]:
    """Tags of each Process in lavajit.proc that has a model, as the page writes them."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.walk_packages(lavajit.proc.__path__, "lavajit.proc."):
        for value in vars(importlib.import_module(module.name)).values():
            is_model = isinstance(value, type) and issubclass(value, AbstractProcessModel)
            process = vars(value).get("implements_process") if is_model else None
            if process is None or not process.__module__.startswith("lavajit.proc."):
                continue
            assert issubclass(process, AbstractProcess)
            path = f"{process.__module__}.{process.__name__}"
            tags = found.setdefault(RENAMED.get(path, process.__name__), set())
            tags.update(SHORT.get(tag, tag) for tag in value.tags)
    return {name: tags or {"any"} for name, tags in found.items() if name not in PARTS}


def processes_of_the_page() -> dict[str, set[str]]:
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \|", (DOCS / "library.md").read_text(), re.MULTILINE)
    assert len({name for name, _ in rows} - {"Process"}) == len(rows) - 4
    return {name: set(tags.split(", ")) for name, tags in rows if name != "Process"}


def test_every_process_is_in_the_table_with_its_tags():
    assert processes_of_the_page() == processes_of_the_library()


def test_every_process_of_the_table_is_importable_from_lavajit():
    assert set(processes_of_the_page()) <= set(lavajit.__all__)
