"""Packages installed on their own below `lava.lib`, and an installed Lava, beside ours."""

from collections import Counter as OURS
from pathlib import Path

import pytest

from lavajit.as_lava.table import LavaName, Table

TABLE = Table([LavaName("lava.magma.core.things", "Counter", "public", "collections:Counter")])


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Directory like site-packages with a Lava, a library for it, and another elsewhere."""
    files = {
        "site/lava/magma/core/things.py": "Counter = 'of an installed Lava'\n",
        "site/lava/magma/extra.py": "",
        "site/lava/lib/dl/__init__.py": "from lava.magma.core.things import Counter\n",
        "site/lava/lib/dl/slayer.py": "",
        "later/lava/lib/optimization/__init__.py": "",
        "later/lava/addon/__init__.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_libraries_below_lava_lib_stay_importable(installed, use_table, monkeypatch):
    monkeypatch.syspath_prepend(installed / "site")
    use_table(TABLE)
    import lava.lib.dl.slayer
    from lava.lib import dl

    assert dl.Counter is OURS
    assert lava.lib.dl is dl


def test_directories_that_join_the_path_later_are_found(installed, use_table, monkeypatch):
    use_table(TABLE)
    import lava.lib

    monkeypatch.syspath_prepend(installed / "later")
    import lava.addon  # noqa: F401
    import lava.lib.optimization

    assert str(installed / "later/lava/lib") in lava.lib.__path__


def test_the_table_wins_over_an_installed_lava(installed, use_table, monkeypatch):
    monkeypatch.syspath_prepend(installed / "site")
    use_table(TABLE)
    from lava.magma.core.things import Counter

    assert Counter is OURS
    with pytest.raises(ModuleNotFoundError):
        import lava.magma.extra  # noqa: F401


def test_a_lava_already_imported_is_refused(installed, use_table, monkeypatch):
    monkeypatch.syspath_prepend(installed / "site")
    import lava.magma.core.things  # noqa: F401

    with pytest.raises(ImportError, match="already imported from an installed Lava"):
        use_table(TABLE)


def test_a_library_already_imported_is_kept(installed, use_table, monkeypatch):
    monkeypatch.syspath_prepend(installed / "later")
    import lava.lib.optimization as before

    use_table(TABLE)
    import lava.lib.optimization
    import lava.magma.core.things  # noqa: F401

    assert lava.lib.optimization is before
