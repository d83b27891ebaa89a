"""What is kept of calls, and from file to file: nobody is told another thing for asking later."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import WORLDS, Program

from devlint.analysis import project
from devlint.analysis.summaries import DEPTH, STEPS, Descent, Summaries
from devlint.lint import syntax_tree
from devlint.source import Source


def call(summaries: Summaries, key: str, descent: Descent, *inside: str) -> None:
    """Call a function that calls one that calls one."""
    if summaries.known(key, (), descent) is None and descent.calls <= DEPTH:
        with summaries.evaluating(key, (), descent):
            if inside:
                call(summaries, inside[0], descent, *inside[1:])
    else:
        descent.note(descent.calls)


CHAIN = tuple("abcdefgh")


def test_what_was_cut_short_serves_at_its_depth_alone() -> None:
    summaries = Summaries()
    call(summaries, CHAIN[0], Descent(), *CHAIN[1:])
    assert summaries.known("a", (), Descent()) is not None  # it would be cut at the same place again
    assert summaries.known("b", (), Descent()) is None
    call(summaries, "b", Descent(), *CHAIN[2:])
    assert summaries.known("b", (), Descent()) is not None


def test_what_was_followed_to_its_end_serves_where_it_would_be_again() -> None:
    summaries = Summaries()
    call(summaries, "a", Descent(), "b", "c")
    assert summaries.known("b", (), Descent(calls=DEPTH - 1)) is not None
    assert summaries.known("b", (), Descent(calls=DEPTH)) is None


def test_what_rests_on_a_call_under_evaluation_is_not_kept() -> None:
    summaries = Summaries()
    call(summaries, "a", Descent(), "b", "a")
    assert summaries.known("a", (), Descent()) is not None
    assert summaries.known("b", (), Descent()) is None


def test_what_took_too_long_is_not_kept() -> None:
    summaries, descent = Summaries(), Descent()
    with summaries.evaluating("a", (), descent):
        descent.steps = STEPS
    assert summaries.known("a", (), Descent()) is None


FILES = {
    "net": "import torch\n\ndef placed(x, device):\n    return x.to(device)\n",
    "one": "from net import placed\nimport torch\n\ndef moved():\n    return placed(torch.ones(3), 'cuda')\n",
    "two": "from net import placed\nimport torch\nmoved = placed(torch.ones(3), 'cpu')\n",
}


@pytest.mark.parametrize("kept", [0, project.KEPT])
def test_a_project_that_forgets_says_the_same(
    files: Callable[..., Program], monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(project, "KEPT", kept)
    found = files("one.py", **FILES)
    around, world = found.analysis.project, WORLDS["cuda"]
    for _ in range(2):
        assert found.places("placed(torch.ones(3), 'cuda')") == {"cuda"}
        run = around.runs(world).of(found.analysis.program)
        assert len(run.traces) == 1
        around.relieve()
        assert len(run.traces) == (kept > 0)
        found = Program(FILES["one"], around, "one.py")  # who asks again


def test_files_are_remembered_until_one_changes(files: Callable[..., Program]) -> None:
    found = files("one.py", **FILES).analysis
    runs, archives = found.project.runs(found.worlds[0]), found.project.archives
    text = FILES["two"]
    found.project.adopt(Source("two.py", text), syntax_tree(text), "two.py")
    assert found.project.runs(found.worlds[0]) is runs
    found.project.adopt(Source("two.py", text + "more = 3\n"), syntax_tree(text), "two.py")
    assert found.project.runs(found.worlds[0]) is not runs
    assert found.project.archives is not archives
