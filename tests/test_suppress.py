from pathlib import Path

import pytest

from devlint.error import DevlintError
from devlint.finding import Finding, Place, Safety, Severity
from devlint.fix import repair
from devlint.loaded import LoadedRule
from devlint.rule import Rule
from devlint.source import Source
from devlint.suppress import UNUSED, Suppressed, suppress


def loaded(name: str, code: str) -> LoadedRule:
    return LoadedRule(name, Rule(code, "0", "warning", "stable", ()), Path(), "test", "test")


RULES = [loaded("one-rule", "DEV201"), loaded("two-rule", "DEV202"), loaded(UNUSED, "DEV901")]
RAN = {rule.name for rule in RULES}


def finding(line: int, end_line: int | None = None, rule: str = "one-rule", code: str = "DEV201") -> Finding:
    return Finding(rule, code, Place("a.py", line, 1, end_line or line, 2), Severity.ERROR, "bad")


def run(text: str, *findings: Finding, ran: set[str] = RAN) -> Suppressed:
    return suppress(Source("a.py", text), findings, ran, RULES)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x()  # devlint: ignore[one-rule] it is fine\n", 1, "it is fine"),
        ("x()  # devlint: ignore[DEV201]\n", 1, ""),
        ("x()  #devlint:ignore[ two-rule ,one-rule]  why not  # type: ignore\n", 1, "why not"),
        ("x()  # type: ignore  # devlint: ignore[one-rule] so\n", 1, "so"),
        ("# devlint: ignore[one-rule] so\n\nx()\n", 3, "so"),
        ("# devlint: ignore[one-rule] so\n# more\n@d\ndef f(\n  a=x()): pass\n", 5, "so"),
        ("f(\n  # devlint: ignore[one-rule] so\n  x(),\n)\n", 3, "so"),
        ("def f():\n  pass\n# devlint: ignore-file[one-rule] so\n", 1, "so"),
        ("x()  # noqa: DEV201\n", 1, ""),
        ("x()  # NOQA:E501,DEV201 so\n", 1, "so"),
        ("x()  # noqa\n", 1, ""),
        ("é = 'ж'; x()  # devlint: ignore[one-rule]\r\n", 1, ""),
    ],
)
def test_comment_silences_the_finding(text: str, line: int, reason: str) -> None:
    bad = finding(line)
    result = run(text, bad, ran={"one-rule"})
    assert result.kept == ()
    assert result.suppressed == ((bad, reason),)
    assert result.unused == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x()\ny()  # devlint: ignore[one-rule]\n", 1),
        ("x()  # devlint: ignore[two-rule]\n", 1),
        ("'# devlint: ignore[one-rule]'; x()\n", 1),
        ("# devlint: ignore[one-rule]\ny()\nx()\n", 3),
        ("# devlint: ignore[one-rule]\nif y():\n  x()\n", 3),
        ("f(\n  # devlint: ignore[one-rule]\n  y(),\n x())\n", 4),
        ("x()  # noqa: E501\n", 1),
        ("x()  # noqa: DEV999\n", 1),
        ("# noqa\nx()\n", 2),
        ("x()  # nothing devlint: ignore\n", 1),
    ],
)
def test_comment_for_something_else_does_not(text: str, line: int) -> None:
    bad = finding(line)
    assert run(text, bad).kept == (bad,)


def test_finding_over_several_lines_is_silenced_at_either_end() -> None:
    bad = finding(1, 3)
    assert run("f(  # noqa: DEV201\n  a,\n)\n", bad).kept == ()
    assert run("f(\n  a,\n)  # noqa: DEV201\n", bad).kept == ()
    assert run("f(\n  a,  # noqa: DEV201\n)\n", bad).kept == (bad,)


@pytest.mark.parametrize(
    ("text", "fixed", "names"),
    [
        ("x()  # devlint: ignore[one-rule] old\ny()\n", "x()\ny()\n", "`one-rule`"),
        ("x()\n  # devlint: ignore[one-rule]\ny()\n", "x()\ny()\n", "`one-rule`"),
        ("# devlint: ignore-file[DEV201]\r\ny()", "y()", "`DEV201`"),
        ("x()  # devlint: ignore[one-rule]  # type: ignore\n", "x()  # type: ignore\n", "`one-rule`"),
        ("x()  # type: ignore  # devlint: ignore[one-rule]\n", "x()  # type: ignore\n", "`one-rule`"),
        ("x()  # noqa: E501, DEV201\n", "x()  # noqa: E501\n", "`DEV201`"),
        ("x()  # noqa: DEV201\n", "x()\n", "`DEV201`"),
        ("x()  # devlint: ignore[one-rule, DEV202]", "x()", "`one-rule` and `DEV202`"),
    ],
)
def test_comment_that_silences_nothing_is_found_and_removed(text: str, fixed: str, names: str) -> None:
    (idle,) = run(text).unused
    assert (idle.rule, idle.code, idle.severity) == (UNUSED, "DEV901", Severity.WARNING)
    assert idle.message == f"{names} suppresses nothing here"
    result = repair(Source("a.py", text), [idle], Safety.SAFE, lambda source: suppress(source, (), RAN, RULES).unused)
    assert (result.text, result.refused) == (fixed, "")


def test_only_the_idle_name_of_several_is_removed() -> None:
    text = "x()  # devlint: ignore[one-rule, two-rule] so\n"
    result = run(text, finding(1))
    (idle,) = result.unused
    assert idle.fix is not None
    (edit,) = idle.fix.edits
    assert text[: edit.place.column - 1] + edit.text + text[edit.place.end_column - 1 :] == (
        "x()  # devlint: ignore[one-rule] so\n"
    )


def test_comment_is_idle_only_for_rules_that_ran() -> None:
    text = "x()  # devlint: ignore[one-rule]\ny()  # noqa: DEV202, E501\nz()  # noqa\n"
    assert run(text, ran={UNUSED}).unused == ()
    assert [each.place.line for each in run(text, ran={UNUSED, "two-rule"}).unused] == [2]
    assert run(text, ran={"one-rule", "two-rule"}).unused == ()


@pytest.mark.parametrize(
    ("comment", "message", "hint"),
    [
        ("devlint: ignore", "a.py:2: `devlint: ignore` names no rule", "write `# devlint: ignore[NAME] reason`"),
        ("devlint: ignore[]", "a.py:2: `devlint: ignore` names no rule", "write `# devlint: ignore[NAME] reason`"),
        ("devlint: ignore[one-rul]", "a.py:2: there is no rule `one-rul`", "did you mean `one-rule`?"),
        (
            "devlint: ignore-fil[one-rule]",
            "a.py:2: unknown comment `devlint: ignore-fil`",
            "did you mean `ignore-file`?",
        ),
    ],
)
def test_comment_that_is_none_is_the_users_mistake(comment: str, message: str, hint: str) -> None:
    with pytest.raises(DevlintError) as raised:
        run(f"x()\ny()  # {comment}\n")
    assert (str(raised.value), raised.value.hint) == (message, hint)


def test_text_without_comments_is_passed_through() -> None:
    bad = finding(1)
    assert run("x()\n", bad) == Suppressed((bad,))
