"""Which models implement a Process class.

``@implements`` registers a model under its Process class. The list is kept on the Process
class itself, so that both disappear together when nobody uses them any more. Models of a
base class do not apply to its subclasses.

Before the list is read, the modules beside the Process that are named after models
(``models.py``, ``model_gpu.py``, a package ``models/``) are imported, so that
``from package.process import X`` is enough to run X. If that finds none, so are other modules
of the package whose text imports the Process and implements it.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lavajit.model.model import AbstractProcessModel
    from lavajit.process.process import AbstractProcess

ATTRIBUTE = "_registered_models"

# Modules whose neighbours have been imported; once is enough, and warns only once.
_visited_modules: set[str] = set()


def register(model: type[AbstractProcessModel]) -> None:
    """Add `model` to the models of the Process class it implements.

    A model of the same module and qualified name (a notebook cell that is run again)
    replaces the earlier one and takes its place in the order.
    """
    process_class = model.implements_process
    if ATTRIBUTE not in vars(process_class):
        setattr(process_class, ATTRIBUTE, [])
    models = vars(process_class)[ATTRIBUTE]
    for place, other in enumerate(models):
        if (other.__module__, other.__qualname__) == (model.__module__, model.__qualname__):
            models[place] = model
            return
    models.append(model)


def models_of(process_class: type[AbstractProcess]) -> list[type[AbstractProcessModel]]:
    """Return the models of exactly `process_class`, in discovery order.

    First those of the module that defines the Process, as they are defined there; then the
    others by name of their module.

    Examples
    --------
    >>> from lavajit.process.process import AbstractProcess
    >>> models_of(AbstractProcess)
    []
    """
    _import_neighbours(process_class)
    own = process_class.__module__
    models = vars(process_class).get(ATTRIBUTE, [])
    return sorted(models, key=lambda m: "" if m.__module__ == own else m.__module__)


def _import_neighbours(process_class: type) -> None:
    module_name = process_class.__module__
    if module_name not in _visited_modules:
        _visited_modules.add(module_name)
        for name in _neighbours(module_name, _is_named_model):
            _import(name)
    if "." in module_name and not vars(process_class).get(ATTRIBUTE):
        for name in _neighbours(module_name, partial(_implements, process_class)):
            _import(name)


def _neighbours(module_name: str, is_wanted: Callable[[Path], bool]) -> list[str]:
    """Return the names of the wanted modules beside a module that are not imported yet."""
    file = getattr(sys.modules.get(module_name), "__file__", None)
    if file is None or module_name == "__main__":
        # A model beside a script would import a second copy of the script's classes.
        return []
    package = module_name.rpartition(".")[0]
    folder = Path(file).parent
    names = []
    for path in sorted([*folder.glob("*.py"), *folder.glob("*/__init__.py")]):
        stem = path.parent.name if path.stem == "__init__" else path.stem
        name = f"{package}.{stem}" if package else stem
        if path == folder / "__init__.py" or not stem.isidentifier() or name in sys.modules:
            continue
        if is_wanted(path) and _is_module_of(name, path):
            names.append(name)
    return names


def _is_named_model(path: Path) -> bool:
    return (path.parent.name if path.stem == "__init__" else path.stem).startswith("model")


def _implements(process_class: type, path: Path) -> bool:
    """Return True if a file of the package imports a Process and implements it.

    Read, not executed: the package may also hold scripts and optional parts.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    module = re.escape(process_class.__module__.rpartition(".")[2])
    is_import = re.search(rf"^\s*(from|import)\b.*\b{module}\b", text, re.MULTILINE)
    implements = rf"implements\([^)]*\b{re.escape(process_class.__name__)}\b"
    return bool(is_import and re.search(implements, text))


def _is_module_of(name: str, source: Path) -> bool:
    """Return True if importing `name` would load the file `source`."""
    try:
        spec = importlib.util.find_spec(name)
        return bool(spec and spec.origin) and Path(spec.origin).samefile(source)
    except (ImportError, ValueError, OSError):
        return False


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except (Exception, SystemExit) as error:
        # The models in that module may not be needed, so the network may still run.
        warnings.warn(
            f"Cannot import module {name}, so models in it are not found: "
            f"{type(error).__name__}: {error}",
            UserWarning,
            stacklevel=2,
        )
