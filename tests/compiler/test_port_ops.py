"""Port operations read from the text of methods."""

import re

import pytest

from lavajit.compiler.cutting import can_cut, segments
from lavajit.compiler.port_ops import MethodPorts, method_ports

PORTS = frozenset({"inp", "other", "out", "ref"})


class Base:
    def run_spk(self):
        self.out.send(self.inp.recv())

    def receive(self):
        return self.inp.recv()

    def recurse(self, n):
        return self.recurse(n - 1) if n else 0


class Straight(Base):
    def nested_call(self):
        self.out.send(self.inp.recv() + self.other.recv())

    def send_first(self):
        """A docstring is no statement."""
        self.out.send(self.last)
        self.last = self.inp.recv()

    def carries_local(self):
        previous = self.last
        self.out.send(previous)
        self.last = self.inp.recv() + previous

    def adds_to_local(self):
        total = 0
        self.out.send(self.last)
        total += self.inp.recv()[0]

    def imports(self):
        import math

        self.out.send(self.last)
        self.last = self.inp.recv() * math.pi

    def loops_twice(self):
        for i in range(3):
            self.out.buffer()[i] = self.last
        self.out.send(self.out.buffer())
        message = self.inp.recv()
        for i in range(3):
            self.last = message[i]

    def returns_early(self):
        self.out.send(self.last)
        if self.last > 3:
            return
        self.last = self.inp.recv()

    def one_statement(self):
        self.last = self.pair(self.out.send(self.last), self.inp.recv())

    def three_parts(self):
        self.out.send(self.last)
        self.last = self.inp.recv()
        self.out.send(self.last)
        self.more = self.other.recv()

    def in_super(self):
        super().run_spk()

    def in_named_base(self):
        Base.run_spk(self)

    def in_helper(self):
        self.value = self.receive()
        self.recurse(3)

    def refs(self):
        if self.value > 0:
            self.ref.write(self.ref.read() + 1)
            self.ref.wait()

    def harmless(self):
        shape = self.inp.shape
        buffer = self.out.buffer()
        for i in self.inp.events():
            buffer[i] = shape[0]
        self.out.flush()


class Irregular(Base):
    def in_branch(self):
        if self.time_step > 3:
            self.out.send(self.last)

    def in_loop(self):
        for _ in range(3):
            self.last = self.inp.recv()

    def in_expression(self):
        self.last = self.inp.recv() if self.time_step > 3 else 0

    def in_lambda(self):
        self.last = (lambda: self.inp.recv())()

    def helper_in_branch(self):
        if self.time_step > 3:
            self.last = self.receive()

    def probed(self):
        if self.inp.probe():
            self.last = 1

    def peeked(self):
        self.last = self.inp.peek()

    def escapes(self):
        self.use(self.inp)

    def stored(self):
        port = self.out
        port.send(3)


def operations(cls: type, method: str) -> list[tuple[int, str, str]]:
    ports = method_ports(cls, method, PORTS)
    return [(op.statement, op.port, op.operation) for op in ports.ops]


@pytest.mark.parametrize(
    "method, expected",
    [
        ("run_spk", [(0, "inp", "recv"), (0, "out", "send")]),
        ("nested_call", [(0, "inp", "recv"), (0, "other", "recv"), (0, "out", "send")]),
        ("send_first", [(0, "out", "send"), (1, "inp", "recv")]),
        ("in_super", [(0, "inp", "recv"), (0, "out", "send")]),
        ("in_named_base", [(0, "inp", "recv"), (0, "out", "send")]),
        ("in_helper", [(0, "inp", "recv")]),
        ("refs", [(0, "ref", "read"), (0, "ref", "write"), (0, "ref", "wait")]),
    ],
)
def test_straight_use(method, expected):
    assert operations(Straight, method) == expected
    assert method_ports(Straight, method, PORTS).irregular == []


def test_lines_are_those_of_the_file():
    (op, _) = method_ports(Straight, "send_first", PORTS).ops
    with open(__file__) as file:
        assert file.readlines()[op.line - 1].strip() == "self.out.send(self.last)"


def test_events_and_buffers_are_no_messages():
    ports = method_ports(Straight, "harmless", PORTS)
    assert (ports.ops, ports.irregular, ports.events) == ([], [], {"inp"})


@pytest.mark.parametrize(
    "method, port, why",
    [
        ("in_branch", "out", r"calls out.send\(\) in a branch or loop"),
        ("in_loop", "inp", r"calls inp.recv\(\) in a branch or loop"),
        ("in_expression", "inp", "in a branch or loop"),
        ("in_lambda", "inp", "in a branch or loop"),
        ("helper_in_branch", "inp", "in a branch or loop"),
        ("probed", "inp", r"calls inp.probe\(\)"),
        ("peeked", "inp", r"calls inp.peek\(\)"),
        ("escapes", "inp", "uses port 'inp' other than by calling"),
        ("stored", "out", "uses port 'out' other than by calling"),
    ],
)
def test_irregular_use(method, port, why):
    ports = method_ports(Irregular, method, PORTS)
    assert re_search(why, ports.irregularity({port}))
    assert ports.irregularity({"unconnected"}) == ""


def re_search(pattern: str, text: str) -> bool:
    return re.search(pattern + r".* \(line \d+\)", text) is not None


def test_method_without_text_is_irregular():
    cls = type("Made", (), {})
    exec("def run_spk(self): self.out.send(1)", namespace := {})
    cls.run_spk = namespace["run_spk"]
    assert "no source text" in method_ports(cls, "run_spk", PORTS).irregularity({"out"})
    assert method_ports(cls, "run_spk", frozenset()).irregular == []


def test_missing_method_uses_nothing():
    assert method_ports(Base, "run_lrn", PORTS) == MethodPorts()


# --- cutting --------------------------------------------------------------------------


def parts(method: str, connected: set[str]) -> list[tuple]:
    found = segments(method_ports(Straight, method, PORTS), connected)
    return [(s.start, s.stop, s.receives, s.sends) for s in found]


def test_segments_are_cut_where_a_receive_follows_a_send():
    assert parts("send_first", {"inp", "out"}) == [(0, 1, (), ("out",)), (1, 2, ("inp",), ())]
    assert parts("three_parts", {"inp", "other", "out"}) == [
        (0, 1, (), ("out",)),
        (1, 3, ("inp",), ("out",)),
        (3, 4, ("other",), ()),
    ]


def test_only_connected_ports_count():
    assert parts("send_first", {"out"}) == [(0, 2, (), ("out",))]
    assert parts("nested_call", {"inp", "out"}) == [(0, 1, ("inp",), ("out",))]


def test_one_statement_cannot_be_cut():
    assert parts("one_statement", {"inp", "out"}) == [(0, 1, ("inp",), ("out",))]


@pytest.mark.parametrize(
    "method, at, possible",
    [
        ("send_first", 1, True),
        ("carries_local", 2, False),
        ("adds_to_local", 2, False),
        ("imports", 2, False),
        ("loops_twice", 2, True),
        ("returns_early", 2, False),
        ("three_parts", 1, True),
        ("three_parts", 3, True),
    ],
)
def test_can_cut(method, at, possible):
    assert can_cut(getattr(Straight, method), at) is possible
