"""The order of management phases, within a sync domain and across."""

from types import SimpleNamespace

from plans import plan
from port_models import PostUser, Target

from lavajit.compiler.phases import domain_order, phase_order


def test_readers_come_after_what_they_read():
    user, target = PostUser(), Target()
    user.ref.connect_var(target.v)
    made = plan(user)
    assert [i.node.process for i in phase_order(made.graph, made.instances)] == [target, user]


def test_domains_that_are_read_come_first():
    user, target = PostUser(), Target()
    user.ref.connect_var(target.v)
    made = plan(user)
    reader, read = (made.instances[made.index(p)] for p in (user, target))
    assert domain_order(made.graph, [[reader], [read]]) == [[read], [reader]]
    assert domain_order(made.graph, [[read], [reader]]) == [[read], [reader]]
    assert phase_order(made.graph, [reader]) == [reader]


def test_domains_that_read_each_other_keep_their_order():
    nodes = [SimpleNamespace(index=k) for k in range(4)]
    a, b, c, asynchronous = (SimpleNamespace(node=node) for node in nodes)
    pairs = [(a, b), (b, a), (b, c), (asynchronous, a)]
    references = [SimpleNamespace(target=x.node, node=y.node) for x, y in pairs]
    graph = SimpleNamespace(references=references)
    assert domain_order(graph, [[c], [b], [a]]) == [[b], [a], [c]]
    assert domain_order(graph, [[c], [a], [b]]) == [[a], [b], [c]]
