"""Which models belong to a Process class."""

import gc
import importlib
import sys
import warnings
import weakref

import pytest

from lavajit.model.decorators import implements
from lavajit.model.model import AbstractProcessModel
from lavajit.model.registry import models_of
from lavajit.process.process import AbstractProcess

PROCESS = """
from lavajit.process.process import AbstractProcess
class {name}(AbstractProcess):
    pass
"""
MODEL = """
from lavajit.model.decorators import implements
from lavajit.model.model import AbstractProcessModel
from {module} import {process}
@implements(proc={process})
class {name}(AbstractProcessModel):
    pass
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder on sys.path whose modules are forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def process_class(name, **attributes):
    return type(name, (AbstractProcess,), attributes)


def model_of(process, name="Model", module="somewhere"):
    model = type(name, (AbstractProcessModel,), {"__module__": module})
    return implements(proc=process)(model)


def names(process):
    return [model.__name__ for model in models_of(process)]


def test_own_module_first_then_by_module_name():
    process = process_class("P")
    model_of(process, "Z", "zoo")
    model_of(process, "B2", __name__)
    model_of(process, "A", "ape")
    model_of(process, "B1", __name__)
    assert names(process) == ["B2", "B1", "A", "Z"]


def test_only_exactly_this_class_and_decorated_models():
    process = process_class("P")
    model = model_of(process)
    type("Undecorated", (model,), {})
    assert models_of(process) == [model]
    assert models_of(type("Sub", (process,), {})) == []


def test_defining_a_model_again_replaces_it():
    process = process_class("P")
    model_of(process, "A")
    model_of(process, "B")
    new = model_of(process, "A")
    assert names(process) == ["A", "B"] and models_of(process)[0] is new


def test_classes_are_not_kept_alive():
    process = process_class("P")
    model_of(process)
    gone = weakref.ref(process)
    del process
    gc.collect()
    assert gone() is None


def write(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    importlib.invalidate_caches()


def test_models_module_of_the_package_is_imported(folder):
    write(
        folder,
        {
            "pkg_a/__init__.py": "",
            "pkg_a/process.py": PROCESS.format(name="P"),
            "pkg_a/models.py": MODEL.format(module="pkg_a.process", process="P", name="M1"),
            "pkg_a/model_x.py": MODEL.format(module=".process", process="P", name="M2"),
            "pkg_a/models_y/__init__.py": MODEL.format(module="..process", process="P", name="M3"),
            "pkg_a/script.py": "raise SystemExit('executed')",
        },
    )
    process = importlib.import_module("pkg_a.process").P
    assert names(process) == ["M2", "M1", "M3"]


def test_loose_scripts_in_one_folder(folder):
    write(
        folder,
        {
            "loose_process.py": PROCESS.format(name="P"),
            "models.py": MODEL.format(module="loose_process", process="P", name="M"),
        },
    )
    sys.modules.pop("models", None)
    assert names(importlib.import_module("loose_process").P) == ["M"]


def test_other_module_of_the_package_only_if_it_implements_the_process(folder):
    write(
        folder,
        {
            "pkg_b/__init__.py": "",
            "pkg_b/process.py": PROCESS.format(name="P"),
            "pkg_b/behaviour.py": MODEL.format(module="pkg_b.process", process="P", name="M"),
            "pkg_b/unrelated.py": "raise SystemExit('executed')",
            "pkg_b/other.py": "# @implements(proc=P)\nraise SystemExit('executed')",
        },
    )
    assert names(importlib.import_module("pkg_b.process").P) == ["M"]


def test_failing_neighbour_is_a_warning_once(folder):
    write(
        folder,
        {
            "pkg_c/__init__.py": "",
            "pkg_c/process.py": PROCESS.format(name="P"),
            "pkg_c/models.py": MODEL.format(module="pkg_c.process", process="P", name="M"),
            "pkg_c/models_gpu.py": "import a_module_that_is_not_there",
        },
    )
    process = importlib.import_module("pkg_c.process").P
    with pytest.warns(UserWarning, match="Cannot import module pkg_c.models_gpu.*not_there"):
        assert names(process) == ["M"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names(process) == ["M"]
