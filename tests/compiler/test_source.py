"""The text of a function is the text of what runs."""

import importlib.util
import sys
import textwrap

import pytest

from lavajit.compiler.source import SourceUnavailable, function_source

TEXT = textwrap.dedent(
    '''
    import functools

    SCALE = 2


    def plain(x, y=1):
        """Says something."""
        return SCALE * x + y


    @functools.wraps(plain)
    def decorated(x):
        return x


    def outer(offset):
        def inner(x):
            return x + offset

        return inner


    class Model:
        def __init__(self):
            super().__init__()
            self.__hidden = 1

        def hidden(self):
            return self.__hidden + sum(v for v in range(3))

        def checked(self, x):
            assert x > 0
            return x
    '''
)


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "edited_module.py"
    path.write_text(TEXT)
    spec = importlib.util.spec_from_file_location("edited_module", path)
    module = sys.modules["edited_module"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["edited_module"]


def functions(module):
    model = module.Model
    return [module.plain, module.outer(1), model.__init__, model.hidden, model.checked]


def test_text_of_functions_methods_and_closures(module):
    for function in functions(module):
        tree, text = function_source(function)
        assert tree.name == function.__name__
        assert tree.lineno == function.__code__.co_firstlineno
        assert text.startswith(f"def {function.__name__}")


def test_an_edited_file_is_not_taken_for_the_running_code(module, tmp_path):
    path = tmp_path / "edited_module.py"
    path.write_text(TEXT.replace("SCALE * x + y", "SCALE * x - y").replace("range(3)", "range(4)"))
    for function in (module.plain, module.Model.hidden):
        with pytest.raises(SourceUnavailable, match="has changed since it was imported"):
            function_source(function)
    function_source(module.Model.__init__)


def test_lines_that_moved_are_noticed(module, tmp_path):
    (tmp_path / "edited_module.py").write_text("# a new first line\n\n\n" + TEXT)
    with pytest.raises(SourceUnavailable):
        function_source(module.plain)
