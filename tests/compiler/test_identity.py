"""Identities without text: every change that could change a meaning changes them."""

import sys
from types import ModuleType

import numpy as np
import pytest

from lavajit.compiler.constants import code_digest, names_of
from lavajit.compiler.identity import identify

HELPER = """
from collections import namedtuple
import numpy as np
Pair = namedtuple("Pair", "low high")
PAIR = Pair(1, 2)
GAIN = 2
TABLE = np.arange(3.0)

class Rates:
    FAST = 3.0

def g(x):
    return x + 1

def f(x, offset=1):
    return x * GAIN + offset + g(x) + TABLE[0] + PAIR.low
"""

MODEL = """
import numpy as np
import helper
from helper import Rates, f

UNUSED = 1

def make(k):
    def scaled(x):
        return k * x
    return scaled

scaled = make(4)

class Base:
    LIMITS = (1, 2)

    def step(self):
        self.n += 1

    @staticmethod
    def double(x):
        return 2 * x

    @property
    def level(self):
        return self.k / 2

class Model(Base):
    def run_spk(self):
        super().step()
        self.step()
        self.k = f(self.k) + helper.g(1) + Rates.FAST + self.LIMITS[0] + scaled(self.double(1))
        self.k += self.level + max(1, 2) + sum([t for t in (1, 2)])

def other():
    return 1
"""


def make_module(monkeypatch, name: str, text: str) -> ModuleType:
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(text, f"/somewhere/{name}.py", "exec"), vars(module))
    return module


def load(monkeypatch, helper: str = HELPER, model: str = MODEL) -> tuple[ModuleType, ModuleType]:
    made = make_module(monkeypatch, "helper", helper)
    return made, make_module(monkeypatch, "model", model)


def identity_of(module: ModuleType, fields=("k", "n")):
    return identify(module.Model.run_spk, module.Model, fields)


def edited(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


EDITS = {
    "global of a helper": ("helper", "GAIN = 2", "GAIN = 5"),
    "type of a global": ("helper", "GAIN = 2", "GAIN = 2.0"),
    "names in a tuple": ("helper", "low high", "high low"),
    "array of a helper": ("helper", "np.arange(3.0)", "np.ones(3)"),
    "helper": ("helper", "x * GAIN", "x / GAIN"),
    "helper of a helper": ("helper", "return x + 1", "return x - 1"),
    "default argument": ("helper", "offset=1", "offset=2"),
    "constant of a class": ("helper", "FAST = 3.0", "FAST = 4.0"),
    "method of the base class": ("model", "self.n += 1", "self.n += 2"),
    "static method": ("model", "return 2 * x", "return 3 * x"),
    "property": ("model", "self.k / 2", "self.k / 3"),
    "class attribute": ("model", "LIMITS = (1, 2)", "LIMITS = (2, 2)"),
    "closure variable": ("model", "make(4)", "make(5)"),
    "own text": ("model", "max(1, 2)", "max(1, 3)"),
    "comprehension": ("model", "[t for", "[-t for"),
    "name of a builtin": ("model", "UNUSED = 1", "max = min"),
    "override": ("model", "class Model(Base):", "class Model(Base):\n    LIMITS = (9, 9)"),
    "base class": ("model", "class Model(Base):", "class Plain: ...\nclass Model(Base, Plain):"),
    "line": ("model", "class Model(Base):", "\nclass Model(Base):"),
    "decorator": ("model", "    def step(self):", "    @(lambda f: len)\n    def step(self):"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_seen(monkeypatch, edit):
    name, old, new = EDITS[edit]
    before = identity_of(load(monkeypatch)[1])
    texts = {"helper": HELPER, "model": MODEL}
    texts[name] = edited(texts[name], old, new)
    after = identity_of(load(monkeypatch, **texts)[1])
    assert None not in (before.digest, after.digest)
    assert before.digest != after.digest


@pytest.mark.parametrize("edit", [("UNUSED = 1", "UNUSED = 3"), ("return 1", "return 7")])
def test_what_is_not_used_does_not_count(monkeypatch, edit):
    before = identity_of(load(monkeypatch)[1]).digest
    assert identity_of(load(monkeypatch, model=edited(MODEL, *edit))[1]).digest == before


def shift_table(helper, model):
    helper.TABLE[1] = 7


CHANGES = {
    "global of a helper": lambda helper, model: setattr(helper, "GAIN", 5),
    "array, in place": shift_table,
    "helper": lambda helper, model: setattr(helper, "g", abs),
    "code of a helper": lambda h, m: setattr(h.g, "__code__", (lambda x: x).__code__),
    "constant of a class": lambda helper, model: setattr(helper.Rates, "FAST", 1),
    "method": lambda helper, model: setattr(model.Base, "step", abs),
    "class attribute": lambda helper, model: setattr(model.Base, "LIMITS", (0, 0)),
    "override": lambda helper, model: setattr(model.Model, "LIMITS", (0, 0)),
    "name of a builtin": lambda helper, model: setattr(model, "max", min),
    "closure variable": lambda h, m: setattr(m.scaled.__closure__[0], "cell_contents", 9),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_within_a_session_is_seen(monkeypatch, change):
    helper, model = load(monkeypatch)
    identity = identity_of(model)
    assert identity.holds
    CHANGES[change](helper, model)
    assert not identity.holds
    assert identity_of(model).digest != identity.digest


def test_data_of_the_instance_is_not_looked_up_in_the_class(monkeypatch):
    text = "class Model:\n    k = {}\n    def run_spk(self):\n        self.n = self.k\n"
    found = {}
    for number in (1, 2):
        module = make_module(monkeypatch, "model", text.format(number))
        for fields in ((), ("k", "n")):
            found[number, fields] = identity_of(module, fields).digest
    assert found[1, ()] != found[2, ()]
    assert found[1, ("k", "n")] == found[2, ("k", "n")]


def test_functions_of_the_instance_count(monkeypatch):
    helper, model = load(monkeypatch)
    function, cls = model.Model.run_spk, model.Model
    held = [identify(function, cls, functions=[("rule", f)]).digest for f in (helper.f, helper.g)]
    assert held[0] != held[1] != identify(function, cls).digest


def asserts(x):
    assert x > 0  # rewritten by pytest


def test_assertions_have_no_identity_without_their_text(monkeypatch):
    plain = make_module(monkeypatch, "plain", "def f(x):\n    assert x > 0\n").f
    assert identify(plain).digest is identify(asserts).digest is None
    assert identify(plain, strict=True).digest is not None


def uses_thing(x):
    return x if THING else 0


THING = object()


def test_objects_without_identity():
    assert identify(uses_thing).digest is not None
    assert identify(uses_thing, strict=True).digest is None


def test_a_module_that_imports_when_it_is_asked_has_no_identity(monkeypatch):
    helper, model = load(monkeypatch)
    helper.__getattr__ = lambda name: 1 / 0
    assert identity_of(model).digest is None


def test_calls_of_itself_end(monkeypatch):
    made = make_module(monkeypatch, "ring", "def a(x):\n return b(x)\ndef b(x):\n return a(x)\n")
    assert identify(made.a).digest != identify(made.b).digest


def test_cells_of_a_notebook_have_the_same_identity_whatever_they_are_called():
    text = "def f(x):\n    return x\n"
    made = []
    for name in ("<ipython-input-1-a>", "<ipython-input-7-b>", "/tmp/ipykernel_3/8.py", "/a.py"):
        namespace = {"__name__": "__main__"}
        exec(compile(text, name, "exec"), namespace)
        made.append(identify(namespace["f"]).digest)
    assert made[0] == made[1] == made[2] != made[3]


def test_constants_of_other_types_are_other_code():
    made = [compile(f"x = {text}", "f", "exec") for text in ("1", "1.0", "True", "-0.0", "0.0")]
    assert len({code_digest(code) for code in made}) == len(made)


def test_names_behind_many_others():
    names = [f"name{k}" for k in range(300)]
    text = f"def f():\n    return {' + '.join(names)} + some.attribute\n"
    namespace = {}
    exec(text, namespace)
    loaded, everything, asserts = names_of(namespace["f"].__code__)
    assert loaded == (*names, "some")
    assert everything == (*names, "some", "attribute")
    assert not asserts


def test_sets_do_not_depend_on_the_session():
    code = compile("x in {'a', 'b', 'c', 'd'}", "f", "eval")
    assert "set" in str(code_digest.__globals__["_describe"](code))
    assert isinstance(code_digest(code), bytes)


def test_arrays_of_objects_have_no_identity():
    namespace = {"TABLE": np.array([1, "a"], object), "__name__": "here"}
    exec("def f(x):\n    return TABLE[x]\n", namespace)
    assert identify(namespace["f"], strict=True).digest is None
