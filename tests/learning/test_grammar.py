"""Rule strings: what Lava reads, what it misreads, what is wrong, and where."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.learning.errors import LearningRuleError
from lavajit.learning.product_series import ProductSeries
from lavajit.learning.symbolic_equation import SymbolicEquation

GOLDEN = json.loads((Path(__file__).parents[1] / "data/learning/grammar.json").read_text())
STRINGS = {entry["rule"]: entry for entry in GOLDEN["strings"]}
READ = [rule for rule, entry in STRINGS.items() if entry.get("misread") is False]
REJECTED = [rule for rule, e in STRINGS.items() if "error" in e and not e["extension_ok"]]


def series(rule: str) -> ProductSeries:
    return ProductSeries(SymbolicEquation("dw", rule))


def products(rule: str) -> list[str]:
    return [str(product).removeprefix("dw += ") for product in series(rule).products]


@pytest.mark.parametrize("rule", READ)
def test_what_lava_reads_is_read_as_lava_does(rule):
    got = series(rule)
    found = [
        {
            "dependency": product.dependency,
            "s_mantissa": product.s_mantissa,
            "s_exp": product.s_exp,
            "factors": [[f.state_var, f.const, f.is_sgn] for f in product.factors],
        }
        for product in got.products
    ]
    traces = {name: sorted(used) for name, used in got.active_traces_per_dependency.items()}
    expected = STRINGS[rule]
    assert found == expected["products"]
    assert got.decimate_exponent == expected["decimate_exponent"]
    assert traces == expected["active_traces_per_dependency"]
    assert sorted(set().union(*traces.values())) == expected["active_traces"]


@pytest.mark.parametrize("rule", REJECTED)
def test_what_makes_no_sense_is_rejected(rule):
    with pytest.raises(LearningRuleError, match="dw = "):
        series(rule)


MEANINGS = {
    # Lava takes them for something else.
    "x0**y1": ["1 * 2^0 * x0 * y1"],
    "x0*(-y1)": ["-1 * 2^0 * x0 * y1"],
    "x0*((y1+1))": ["1 * 2^0 * x0 * (y1 + 1)"],
    "y0*(x0)": ["1 * 2^0 * y0 * x0"],
    "x0*sgn(-w)": ["-1 * 2^0 * x0 * sgn(w)"],
    "x0*(w*2)": ["2 * 2^0 * x0 * w"],
    "x0*(2*w)": ["2 * 2^0 * x0 * w"],
    "x0*(w+2+3)": ["1 * 2^0 * x0 * (w + 5)"],
    # Lava rejects them.
    "x0*0.5*y1": ["1 * 2^-1 * x0 * y1"],
    "x0*-3*y1": ["-3 * 2^0 * x0 * y1"],
    "x0*y1 + -2*y0*x1": ["1 * 2^0 * x0 * y1", "-2 * 2^0 * y0 * x1"],
    "--x0*y1": ["1 * 2^0 * x0 * y1"],
    "x0/2*y1": ["1 * 2^-1 * x0 * y1"],
    "x0*y1*2^(-3)": ["1 * 2^-3 * x0 * y1"],
    "(x0)*y1": ["1 * 2^0 * x0 * y1"],
    "x0*(x1*y1)": ["1 * 2^0 * x0 * x1 * y1"],
    "x0*(x1+y1)": ["1 * 2^0 * x0 * x1", "1 * 2^0 * x0 * y1"],
    "x0*(w+w)": ["1 * 2^0 * x0 * w", "1 * 2^0 * x0 * w"],
    "x0*sgn(-w+1)": ["-1 * 2^0 * x0 * sgn(w - 1)"],
    "x0*010*y1": ["5 * 2^1 * x0 * y1"],
    # More of both.
    "\tx0 *\n y1\r ": ["1 * 2^0 * x0 * y1"],
    "0.75*x0 - 1.5x0 + .5*x0 + 2.*x0": [
        "3 * 2^-2 * x0",
        "-3 * 2^-1 * x0",
        "1 * 2^-1 * x0",
        "2 * 2^0 * x0",
    ],
    "x0*(x1 - 3) * (y1+2)": ["1 * 2^0 * x0 * (x1 - 3) * (y1 + 2)"],
    "(x1+y1)*y0*w": ["1 * 2^0 * y0 * x1 * w", "1 * 2^0 * y0 * y1 * w"],
    "(x0 + y0)*(y1 - 2)": ["1 * 2^0 * x0 * (y1 - 2)", "1 * 2^0 * y0 * (y1 - 2)"],
    "-(x0*y1 - y0*x1)": ["-1 * 2^0 * x0 * y1", "1 * 2^0 * y0 * x1"],
    "x0*((x1-3) + y1 + 2)": [
        "1 * 2^0 * x0 * (x1 - 3)",
        "1 * 2^0 * x0 * y1",
        "2 * 2^0 * x0",
    ],
    "x0*(2*w+6)": ["2 * 2^0 * x0 * (w + 3)"],
    "x0*(2*w+1)": ["2 * 2^0 * x0 * w", "1 * 2^0 * x0"],
    "x0*(sgn(w)+1)": ["1 * 2^0 * x0 * sgn(w)", "1 * 2^0 * x0"],
    "x0*(1+2)/6": ["1 * 2^-1 * x0"],
    "x0*sgn(2*(t-3))": ["1 * 2^0 * x0 * sgn(t - 3)"],
    "x0*(w-w+0*t)": ["1 * 2^0 * x0 * w", "-1 * 2^0 * x0 * w", "0 * 2^0 * x0 * t"],
    "u1*u1*x1": ["1 * 2^0 * u1 * x1"],
    "4^2*x0*3^1": ["3 * 2^4 * x0"],
    "12*2^-9*x0": ["3 * 2^-7 * x0"],
    "x0*(1-1)": ["0 * 2^0 * x0"],
}


@pytest.mark.parametrize("rule", MEANINGS)
def test_what_only_we_read(rule):
    assert products(rule) == MEANINGS[rule]


WRONG = {
    # rule: column, width, what the message says
    "2*x9": (3, 2, "x9 is no name.*traces are x1 x2 y1 y2 y3, dependencies x0 y0 u0..u9, syn"),
    "x0*Y1": (4, 2, "in lower case, write y1"),
    "x0*w2": (4, 2, r"to multiply, write w\*2"),
    "u12*x1": (1, 3, "u needs one digit"),
    "u*x1": (1, 1, "u needs one digit"),
    "x0*_a": (4, 2, "_a is no name"),
    "x0 y1;": (6, 1, "';' is no character"),
    "x0 + ²*x1": (6, 1, "'²' is no character"),
    "   ": (1, 1, "empty.*None"),
    "x0*y1*": (7, 1, "end of the rule.*a name, a number"),
    "x0*(y1+)": (8, 1, r"found \)"),
    "x0*y1)": (6, 1, r"found \).*the end"),
    "x0*(y1 1": (8, 1, r"found 1.*write \* before a number"),
    "x0*1 0": (6, 1, r"found 0.*write \*"),
    "*x0": (1, 1, r"found \*"),
    "x0*(y1+1": (4, 1, r"never closed.*Add a \)"),
    "x0*()": (5, 1, r"found \)"),
    "x0*sgn w": (8, 1, r"\( behind sgn"),
    "x0*sgn(y1)": (4, 3, "sgn takes one of w d t"),
    "x0*sgn(w*t)": (4, 3, "sgn takes one"),
    "x0*sgn(w+t)": (4, 3, "sgn takes one"),
    "x0*sgn(3)": (4, 3, "sgn takes one"),
    "x0*sgn(sgn(w))": (4, 3, "sgn takes one"),
    "x0*w^2": (5, 1, r"square write w\*w"),
    "x0*w**2": (5, 2, r"w\*w for a square"),
    "x0*2^y1": (6, 2, "a whole number"),
    "x0*2^1.5": (6, 3, "a whole number"),
    "x0*2^(3*y1": (8, 1, r"found \*"),
    "x0*2^12345": (6, 5, "Exponents"),
    "x0*3^-1": (4, 4, "this power is no"),
    "x0*99^99": (4, 5, "too large"),
    "x0*0^-1": (4, 4, "no m"),
    "x0*0.3*y1": (4, 3, r"0.3 is no m.*nearest is 5\*2\^-4 = 0.3125"),
    "x0*0.001": (4, 5, r"nearest is 2\^-10"),
    "x0/3*y1": (3, 1, r"0.3333333333, the result.*nearest is 5\*2\^-4 = 0.3125"),
    "x0/w": (3, 1, "Divide by a number"),
    "x0/0": (3, 1, "Divide by a number"),
    "x0*y1 - 9*y0*x1": (9, 1, r"is -9\n.*m = -8..7 and e = -7..8; the nearest is -4\*2\^1"),
    "x0*y1*2^-8": (7, 1, r"is 2\^-8 = 0.00390625\n.*nearest is 2\^-7"),
    "2^9*x0": (1, 1, r"is 2\^9 = 512\n.*write it 4\*2\^7"),
    "2048*x0": (1, 1, r"nearest is 7\*2\^8 = 1792"),
    "x0 - 2^-9999*x0*2^9*2^-20": (21, 1, "far out of range"),
    "x0*y1 + 2*w": (9, 1, "no dependency.*every 2.k-th epoch"),
    "x0*u0*y1": (1, 1, "Put u_k before x0"),
    "x0*(u0+1)": (5, 1, "u0 with a constant"),
    "u2*x1+u3*y1": (7, 2, "u3 besides u2"),
    "(x0+1)*y1": (2, 1, "no dependency"),
    "x0*(w+2147483648)": (5, 1, "out of range"),
    "x0*(w+2^-2000)": (5, 1, "about 2.-2000 is out of range"),
    "x0*1234567890123456789": (4, 19, "18 characters"),
}


@pytest.mark.parametrize("rule", WRONG)
def test_errors_point_at_the_place_and_name_the_remedy(rule):
    column, width, message = WRONG[rule]
    with pytest.raises(LearningRuleError, match=f"(?s){message}") as caught:
        series(rule)
    error = caught.value
    assert (error.target, error.rule, error.column) == ("dw", rule, column)
    lines = str(error).splitlines()
    pointer = next(line for line in lines if line.strip(" ^") == "" and "^" in line)
    above = lines[lines.index(pointer) - 1]
    assert pointer.index("^") == above.index("dw = ") + len("dw = ") + column - 1
    assert pointer.count("^") == width


def test_an_error_shows_one_line_whatever_the_rule_looks_like():
    with pytest.raises(LearningRuleError) as caught:
        series("x0*y1\n\t- 2*y9")
    shown = [
        "column 12: y9 is no name of a rule",
        "    dw = x0*y1  - 2*y9",
        "                    ^^",
    ]
    assert str(caught.value).splitlines()[:3] == shown


def test_errors_survive_pickling():
    with pytest.raises(LearningRuleError) as caught:
        series("2*x9")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.column) == (str(caught.value), 3)


def test_deep_and_large_rules_end_in_an_error():
    with pytest.raises(LearningRuleError, match="more than 40 brackets"):
        series("(" * 1000 + "x0" + ")" * 1000)
    with pytest.raises(LearningRuleError, match="more than 64 products"):
        series("x0" + "*(x1+y1+w)" * 30)
    assert len(series(" + ".join(["x0*y1"] * 100)).products) == 100


def test_only_strings_are_rules():
    with pytest.raises(ValueError, match="dw must be a string .* got int 3"):
        SymbolicEquation("dw", 3)
    with pytest.raises(ValueError, match="target must be one of dd, dt, dw; got 'dx'"):
        SymbolicEquation("dx", "x0")


PIECES = st.sampled_from(
    "x0 y0 u0 u1 x1 y1 y3 w d t sgn( ( ) + - * / ^ ** 2 3 2^-3 0.5 . 1e u x \n 16 w+2 )* x9".split(
        " "
    )
)


@given(st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=12).map("".join)))
def test_nothing_but_learning_rule_errors(rule):
    try:
        found = series(rule).products
    except LearningRuleError as error:
        assert 1 <= error.column <= len(rule) + 1
    else:
        assert all(p.dependency in ("x0", "y0", "u") for p in found)
        assert all(-8 <= p.s_mantissa <= 7 and 0 <= p.s_exp <= 15 for p in found)
