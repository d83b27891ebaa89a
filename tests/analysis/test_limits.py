"""What is too deep, too large or too odd to evaluate is unknown, and nothing raises."""

from __future__ import annotations

from devlint.analysis.value import Kind


def test_deep_nesting_is_unknown(program):
    deep = "x" + ".y" * 900
    found = program(f"import torch\ndef f(x):\n    {deep}.cuda()\ndef g(m):\n    m.cuda()\n")
    found.placements("m.cuda()")
    assert found.visits("m.cuda()", "cpu")


def test_a_deep_module_level_leaves_functions_alone(program):
    deep = "(" * 90 + "1" + " + 1)" * 90
    found = program(f"import torch\nz = {deep}\ndef g(m):\n    m.cuda()\n")
    assert found.visits("m.cuda()", "cpu")


def test_many_alternatives_are_widened(program):
    branches = "\n".join(f"    if a == {i}:\n        y = x.to('cuda:{i}')" for i in range(9))
    found = program(f"import torch\ndef f(x, a):\n    y = None\n{branches}\n    use(y)\n")
    assert len(found.value("y")) <= 4


def test_long_displays_keep_their_first_parts(program):
    items = ", ".join(["1"] * 5000)
    (value,) = program(f"z = [{items}]\nuse(z)\n").value("z")
    assert value.kind is Kind.LIST
    assert len(value.elements or ()) < 100
