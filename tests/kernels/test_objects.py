"""Object files placed in memory without a compiler, and entrances to what is in them."""

import ctypes
import platform
import sys

import llvmlite.binding as llvm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit.kernels import entry, load, objects
from lavajit.kernels.objects import NotPlain, place_object

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="Linux on x86-64 only"
)

PLAIN = """
define i64 @less(i64 %a, i64 %b) {
  %r = sub i64 %a, %b
  ret i64 %r
}
"""
CALLING = """
declare i64 @{name}(i64)
@numbers = internal constant [3 x i64] [i64 10, i64 20, i64 30]
define internal i64 @inner(i64 %a) noinline {{
  %p = getelementptr [3 x i64], ptr @numbers, i64 0, i64 %a
  %v = load i64, ptr %p
  ret i64 %v
}}
define i64 @outer(i64 %a) {{
  %v = call i64 @inner(i64 %a)
  %n = sub i64 0, %v
  %w = call i64 @{name}(i64 %n)
  ret i64 %w
}}
"""
VARIABLE = """
@count = global i64 7
define i64 @next() {
  %v = load i64, ptr @count
  ret i64 %v
}
"""


def object_of(text: str) -> bytes:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    machine = target.create_target_machine(opt=0, reloc="static", codemodel="jitdefault", jit=True)
    return machine.emit_object(llvm.parse_assembly(text))


def call(address: int, *arguments: int) -> int:
    return ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * len(arguments))(address)(*arguments)


def test_a_function():
    assert call(place_object(object_of(PLAIN), "less"), 5, 12) == -7


def test_calls_inside_constants_and_the_c_library():
    address = place_object(object_of(CALLING.format(name="llabs")), "outer")
    assert [call(address, k) for k in range(3)] == [10, 20, 30]


def test_functions_that_the_caller_provides():
    double = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(lambda x: 2 * x)
    externals = {"own": ctypes.cast(double, ctypes.c_void_p).value}
    address = place_object(object_of(CALLING.format(name="own")), "outer", externals)
    assert call(address, 2) == -60


def test_objects_with_functions_of_one_name_stay_apart():
    made = [PLAIN, PLAIN.replace("sub", "add")]
    placed = [place_object(object_of(text), "less") for text in made]
    assert [call(address, 5, 12) for address in placed] == [-7, 17]


@pytest.mark.parametrize(
    "name", ["NRT_Allocate", "numba_unpickle", "PyErr_Occurred", "__svml_exp8", "no_such_function"]
)
def test_what_belongs_to_others_is_left_to_numba(name):
    with pytest.raises(NotPlain, match=name):
        place_object(object_of(CALLING.format(name=name)), "outer")


def test_the_end_of_an_array_is_never_called_where_there_is_none():
    data = object_of(CALLING.format(name="NRT_MemInfo_call_dtor"))
    assert place_object(data, "outer")


def test_variables_are_left_to_numba():
    with pytest.raises(NotPlain, match="variables"):
        place_object(object_of(VARIABLE), "next")


def test_another_name_and_other_files():
    with pytest.raises(NotPlain, match="there is no other"):
        place_object(object_of(PLAIN), "other")
    for data in (b"", b"\x7fELF", b"MZ" + bytes(100), object_of(PLAIN)[:200]):
        with pytest.raises(NotPlain):
            place_object(data, "less")


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_files_are_refused_or_placed(data):
    whole = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        place_object(bytes(whole), "outer")
    except NotPlain:
        pass


_WHOLE = object_of(CALLING.format(name="llabs"))


def test_placed_code_cannot_be_written():
    address = place_object(object_of(PLAIN), "less")
    with open("/proc/self/maps") as file:
        for line in file:
            ends, access, *_ = line.split()
            low, high = (int(end, 16) for end in ends.split("-"))
            if low <= address < high:
                assert access == "r-xp"
                break
        else:
            pytest.fail("not in memory")


@pytest.mark.parametrize("plain", [True, False], ids=["placed", "by numba"])
def test_both_ways_to_load_give_the_same(monkeypatch, plain):
    if not plain:

        def refuse(*arguments):
            raise NotPlain("for the test")

        monkeypatch.setattr(load, "place_object", refuse)
    text = PLAIN.replace("less", f"less_{plain}")
    address, keep = load.load_code(f"less_{plain}", object_of(text))
    assert call(address, 5, 12) == -7
    assert plain or keep
    enter, _ = make_enter(f"enter_{plain}")
    assert enter(30, 12) == 18


# --- entrances --------------------------------------------------------------------------------

TARGET = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.POINTER(ctypes.c_int64),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_int64,
    ctypes.c_int64,
)


def make_enter(name: str, status: int = 0):
    """The entrance to a function that subtracts, or returns a status."""

    def subtract(answer, description, a, b):
        answer[0] = a - b
        return status

    target = TARGET(subtract)
    address = ctypes.cast(target, ctypes.c_void_p).value
    return entry.make_entry(name, entry.compile_entry(name, 2), address, target), target


def test_numbers_in_and_out():
    enter, _ = make_enter("enter_numbers")
    big = (1 << 63) - 1
    assert enter(5, 12) == -7
    assert enter(big, 0) == big
    assert enter(-big, 1) == -big - 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((1,), TypeError),
        ((1, 2, 3), TypeError),
        ((1, "2"), TypeError),
        ((1, 1 << 64), OverflowError),
    ],
)
def test_wrong_arguments(arguments, error):
    enter, _ = make_enter("enter_wrong")
    with pytest.raises(error):
        enter(*arguments)


@pytest.mark.parametrize(("status", "error"), [(-3, StopIteration), (-7, SystemError)])
def test_status_without_description(status, error):
    enter, _ = make_enter(f"enter_status_{-status}", status)
    with pytest.raises(error):
        enter(1, 2)


def test_foreign_names_are_looked_up_once():
    objects.address_of_external.cache_clear()
    assert objects.address_of_external("llabs") == objects.address_of_external("llabs")
    assert objects.address_of_external.cache_info().hits == 1
