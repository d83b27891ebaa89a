"""What comprehensions give."""

from __future__ import annotations

import ast

from devlint.analysis.bindings import assign, iterated
from devlint.analysis.conditions import condition
from devlint.analysis.evaluator import Evaluator, Expressions
from devlint.analysis.state import State
from devlint.analysis.value import Choice, Kind, Value


def _comprehended(ev: Evaluator, generators: list[ast.comprehension], state: State) -> State | None:
    inner = state.copy()
    for generator in generators:
        iterable = ev.evaluate(generator.iter, inner)
        if iterable.all(lambda v: v.name == "range" and v.const == 0):
            return None
        assign(ev, generator.target, iterated(ev, iterable, generator.iter), inner)
        for test in generator.ifs:
            tested = condition(ev, test, inner)
            if tested.truth is False:
                return None
            inner = tested.when_true
    return inner


def _list_comprehension(ev: Evaluator, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, state: State) -> Choice:
    inner = _comprehended(ev, node.generators, state)
    if inner is None:
        return Choice(Value(Kind.LIST, elements=()))
    return Choice(Value(Kind.LIST, elements=((None, ev.evaluate(node.elt, inner)),)))


def _dict_comprehension(ev: Evaluator, node: ast.DictComp, state: State) -> Choice:
    inner = _comprehended(ev, node.generators, state)
    if inner is None:
        return Choice(Value(Kind.DICT, elements=()))
    ev.evaluate(node.key, inner)
    return Choice(Value(Kind.DICT, elements=((None, ev.evaluate(node.value, inner)),)))


EXPRESSIONS: Expressions = {
    ast.ListComp: _list_comprehension,
    ast.GeneratorExp: _list_comprehension,
    ast.SetComp: _list_comprehension,
    ast.DictComp: _dict_comprehension,
}
