"""The spans of both trees agree, on CPython's own library."""

import ast
import sysconfig
import warnings
from collections import Counter
from pathlib import Path

import libcst as cst
import pytest

from devlint.analysis.answer import Span
from devlint.loaded import LoadedRule
from devlint.rule import Rule
from devlint.slices import Parsed, parse
from devlint.source import Source
from devlint.statement import Statement, candidates

LIBRARY = Path(sysconfig.get_path("stdlib"))
SAMPLE = (
    *sorted(path.name for path in LIBRARY.glob("*.py"))[:120],
    "asyncio/base_events.py",
    "email/_header_value_parser.py",
    "typing.py",
)


def read(path: Path) -> tuple[Source, ast.Module]:
    source = Source.decode(path.read_bytes(), path.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return source, ast.parse(source.text)


def whole(source: Source) -> Parsed:
    parsed = parse(source, Statement(Span(0, len(source.text)), frozenset()))
    assert parsed is not None, source.path
    return parsed


def sliced(source: Source, tree: ast.Module) -> list[Parsed]:
    """All statements of a file: those that hold the beginning of a line."""
    rule = LoadedRule("every", Rule("T001", "0", "error", "stable", ("",)), Path(), "test", "test")
    found = [parse(source, statement) for statement in candidates(source, tree, [rule], {"every": source.starts})]
    assert None not in found, source.path
    return [parsed for parsed in found if parsed is not None]


def nodes(*slices: Parsed) -> Counter[tuple[str, Span]]:
    return Counter((type(node).__name__, each.slice.spans[id(node)]) for each in slices for node in each.nodes)


def expressions(source: Source, tree: ast.Module) -> dict[ast.expr, Span]:
    """Every expression that has a node of its own in libcst, with its span."""
    without = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            without.update(ast.walk(node))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            without.add(node.slice)
            without.update(element for element in node.slice.elts if isinstance(element, ast.Starred))
    return {
        node: Span(
            source.byte_offset(node.lineno, node.col_offset),
            source.byte_offset(node.end_lineno or 0, node.end_col_offset or 0),
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and node not in without
    }


@pytest.mark.parametrize("name", SAMPLE)
def test_every_expression_of_the_library_has_the_span_of_a_node(name: str) -> None:
    source, tree = read(LIBRARY / name)
    slices = sliced(source, tree)
    spans = {span for _, span in nodes(*slices)}
    missed = [
        (type(node).__name__, node.lineno, source.text[span.start : span.end])
        for node, span in expressions(source, tree).items()
        if span not in spans
    ]
    assert missed == []


@pytest.mark.parametrize("name", SAMPLE[::4])
def test_statements_parsed_alone_stand_where_the_whole_file_puts_them(name: str) -> None:
    source, tree = read(LIBRARY / name)
    alone, together = nodes(*sliced(source, tree)), nodes(whole(source))
    assert alone - together == Counter()
    # the head of a class is parsed without its body
    assert {kind for kind, _ in together - alone} <= {"ClassDef", "IndentedBlock"}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("x = (1, 2)\n", "Tuple", "(1, 2)"),
        ("x = ( (1, 2) )\n", "Tuple", "(1, 2)"),
        ("x = 1, 2\n", "Tuple", "1, 2"),
        ("f( a for a in b )\n", "GeneratorExp", "( a for a in b )"),
        ("f (a for a in b)\n", "GeneratorExp", "(a for a in b)"),
        ("(f)((a for a in b), 1)\n", "GeneratorExp", "(a for a in b)"),
        ("é = 'ж', (x.cuda())  # ü\n", "Call", "x.cuda()"),
        ("if a:\r\n\tx = b.c()\r\n", "Call", "b.c()"),
        ("x = (yield)\n", "Yield", "yield"),
        ("@d.e()\ndef f(): pass\n", "Call", "d.e()"),
        ("match a.b():\n    case A(b=[*c]) if d.e(): pass\n", "Call", "d.e()"),
        ("async def f():\n    x = [await g(i) async for i in (h := j())]\n", "Await", "await g(i)"),
        ("(f\n .g()  # h\n .i())\n", "Attribute", "f\n .g()  # h\n .i"),
    ],
)
def test_span_includes_what_belongs_to_the_node(text: str, kind: str, expected: str) -> None:
    source = Source("a.py", text)
    parsed = whole(source)
    found = [parsed.slice.spans[id(node)] for node in parsed.nodes if type(node).__name__ == kind]
    assert expected in [text[span.start : span.end] for span in found]


def test_parents_end_at_the_statement() -> None:
    text = "class A(B):\n    def f(self):\n        return g(x)\n"
    source = Source("a.py", text)
    head, method = sliced(source, ast.parse(text))
    assert head.nodes
    for each in (head, method):
        for node in each.nodes:
            while id(node) in each.slice.parents:
                node = each.slice.parents[id(node)]
                assert id(node) in each.slice.spans
    assert isinstance(method.nodes[0], cst.FunctionDef)
    assert id(method.nodes[0]) not in method.slice.parents


def test_what_code_generation_loses_is_not_exact_and_keeps_its_place() -> None:
    text = 'x = f"{a!s  }" + b.cuda()\n'
    parsed = whole(Source("a.py", text))
    assert not parsed.exact
    (call,) = [node for node in parsed.nodes if isinstance(node, cst.Call)]
    assert parsed.slice.spans[id(call)] == Span(text.index("b"), text.index("\n"))


def test_method_under_tabs_and_class_head_are_exact() -> None:
    text = "class A(B,\n\tmetaclass=C):\n\t'doc'\n\tdef f(self):\n\t\treturn '''\nx''', y.z\n"
    source = Source("a.py", text)
    slices = sliced(source, ast.parse(text))
    assert [parsed.exact for parsed in slices] == [True, True, True]
    assert {"B", "metaclass=C", "C"} <= {text[span.start : span.end] for _, span in nodes(slices[0])}
    assert "y.z" in {text[span.start : span.end] for _, span in nodes(slices[2])}


@pytest.mark.parametrize("text", ["x = (\n", "x = 1 +\n"])
def test_what_libcst_cannot_parse_is_none(text: str) -> None:
    assert parse(Source("a.py", text), Statement(Span(0, len(text)), frozenset())) is None
