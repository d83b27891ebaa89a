import ast
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devlint.gate import hits, uses_torch
from devlint.loaded import LoadedRule
from devlint.rule import Rule, Scope
from devlint.source import Source
from devlint.statement import candidates


def rule(*triggers: str, name: str = "one", scope: Scope = "statement") -> LoadedRule:
    return LoadedRule(name, Rule("T001", "0", "error", "stable", triggers, scope), Path(), "test", "test")


def found(line: str, *triggers: str) -> int:
    return len(hits(f"import torch\n{line}\n", [rule(*triggers)]).get("one", ()))


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("x.cuda()", 1),
        ("x.cuda().cuda()", 2),
        ("x \\\n  .cuda()", 1),
        ("x.cpu()", 0),
        ("# x.cuda()", 0),
        ("y  # x.cuda()", 0),
        ("'x.cuda()'", 0),
        ("'''\nx.cuda()\n'''", 0),
        ("'it''s', x.cuda(), '#'", 1),
        ("f'{x.cuda()}'", 1),
        ("rf'''\n{x.cuda()}\n'''", 1),
        ("if'x.cuda()': pass", 0),
    ],
)
def test_trigger_counts_outside_comments_and_strings(line: str, count: int) -> None:
    assert found(line, ".cuda(") == count


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("x.to('cuda')", 1),
        ('x.to("cuda:0")', 1),
        ('x.to(f"cuda:{i}")', 1),
        ("x.to(rb'cuda')", 1),
        ("x.to('''cuda''')", 1),
        ("f'{x.to(\"cuda\")}'", 1),
        ("x.to('a cuda')", 0),
        ("x.to(cuda)", 0),
        ("# 'cuda'", 0),
        ("'''cuda is fine'''", 0),
        ("    r'''cuda is fine'''", 0),
        ("'''\n'cuda'\n'''", 0),
    ],
)
def test_trigger_with_a_quote_counts_where_a_string_begins(line: str, count: int) -> None:
    assert found(line, '"cuda') == count
    assert found(line, "'cuda") == count


def test_file_without_torch_is_done_with() -> None:
    assert not uses_torch("import numpy")
    assert uses_torch("import onnxruntime as ort")
    assert hits("x.cuda()", [rule(".cuda(")]) == {}


def test_hits_are_told_apart_by_rule() -> None:
    text = "import torch\nx.cuda()\ny.half()\n"
    rules = [rule(".cuda(", name="a"), rule(".half(", ".cuda(", name="b"), rule(".numpy(", name="c")]
    assert hits(text, rules) == {"a": (text.index(".cuda"),), "b": (text.index(".cuda"), text.index(".half"))}


def cut(text: str, *rules: LoadedRule) -> list[tuple[str, set[str], bool]]:
    source = Source("a.py", text)
    found = candidates(source, ast.parse(text), rules, hits(text, rules))
    return [(text[slice(*each.span)], set(each.rules), each.header) for each in found]


FILE = """\
import torch

@decorated(torch.cuda())
def f(x):
    def g(): return x.cuda()
    return g

class A(B[torch.cuda()],
        C):
    '''A class.'''
    y = 1; z = x.cuda()

    class D:
        @property
        def e(self): return self.x.half()

    async def h(self):
        pass

if torch.x:
    class E:
        def i(self): x.half()
"""


def test_statements_are_whole_functions_methods_and_heads_of_classes() -> None:
    assert cut(FILE, rule(".cuda(", name="a"), rule(".half(", name="b")) == [
        ("@decorated(torch.cuda())\ndef f(x):\n    def g(): return x.cuda()\n    return g\n", {"a"}, False),
        ("class A(B[torch.cuda()],\n        C):\n", {"a"}, True),
        ("    y = 1; z = x.cuda()\n", {"a"}, False),
        ("        @property\n        def e(self): return self.x.half()\n", {"b"}, False),
        ("if torch.x:\n    class E:\n        def i(self): x.half()\n", {"b"}, False),
    ]


def test_rule_of_wider_scope_gets_the_class_or_the_file() -> None:
    local, whole = rule(".cuda(", name="a"), rule(".half(", name="b", scope="class")
    statements = cut(FILE, local, whole)
    assert [names for _, names, _ in statements] == [{"a"}, {"a", "b"}, {"b"}]
    assert statements[1][0] == FILE[FILE.index("class A") : FILE.index("\nif")]
    assert cut(FILE, local, rule(".half(", name="b", scope="module")) == [(FILE, {"a", "b"}, False)]


@pytest.mark.parametrize(
    "text",
    [
        "torch; x = '''\n'''; y.cuda()\n",
        "class torch: x.cuda()",
        "torch\nclass A:\\\n  x.cuda()\n",
        "x = [\ntorch,\ny.cuda()]\n",
    ],
)
def test_what_shares_lines_stays_together(text: str) -> None:
    statements = cut(text, rule(".cuda("))
    assert [names for _, names, _ in statements] == [{"one"}]
    assert ".cuda(" in statements[0][0]


@given(st.lists(st.sampled_from(["def f():\n", "class A:\n", "if x:\n", "@d\n"]), max_size=5), st.sampled_from("\n\r"))
def test_statements_never_overlap_and_hold_every_hit(heads: list[str], newline: str) -> None:
    lines = ["torch"]
    for depth, head in enumerate(heads):
        if head == "@d\n":
            lines += ["  " * depth + "@x.cuda()", "  " * depth + "class C:"]
        else:
            lines.append("  " * depth + head.strip())
        lines.append("  " * (depth + 1) + "x.cuda()")
    text = newline.join([*lines, ""])
    source, rules = Source("a.py", text), [rule(".cuda(")]
    found = hits(text, rules)
    statements = candidates(source, ast.parse(text), rules, found)
    spans = [each.span for each in statements]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for offset in found.get("one", ()):
        assert any(start <= offset < end for start, end in spans)
