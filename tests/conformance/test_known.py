"""Known misses by build."""

from __future__ import annotations

import known


def test_a_reason_is_for_every_build_or_for_those_that_it_names() -> None:
    by_build = {"* cpu": "without CUDA", "2.1[01] *": "before 2.12"}
    assert known._reason("always", "2.13 cpu") == "always"
    assert known._reason(by_build, "2.13 cpu") == "without CUDA"
    assert known._reason(by_build, "2.10 cuda") == "before 2.12"
    assert known._reason(by_build, "2.15 cuda") is None


def test_the_build_is_that_of_this_process() -> None:
    release, kind = known.build().split()
    assert release.startswith("2.")
    assert kind in ("cpu", "cuda")
