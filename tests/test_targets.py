"""What rules find beyond the default targets, and which of two rules speaks."""

from __future__ import annotations

from devlint.finding import Outcome
from devlint.lint import lint
from devlint.packs import load_packs
from devlint.source import Source
from devlint.world import DEFAULT_TARGETS, DEFAULT_TORCH, worlds_of


def found(text: str, *targets: str) -> list[tuple[str, list[str]]]:
    """The codes of what is found, with the worlds in which it goes wrong."""
    worlds = worlds_of((*DEFAULT_TARGETS, *targets))
    linted = lint(Source.decode(text.encode(), "example.py"), load_packs(), worlds, DEFAULT_TORCH)
    assert not linted.crashes
    return [
        (finding.code, [world for world, outcome in finding.worlds.items() if outcome is not Outcome.FINE])
        for finding in linted.findings
    ]


FALLBACK = 'os.environ["PYTORCH_ENABLE_MPS_FALLBACK"] = "1"\n'


def test_the_fallback_of_mps_is_read_by_the_import() -> None:
    late = "import os\nimport torch\n" + FALLBACK
    assert found(late, "mps") == [("DEV109", ["mps", "mps-requested", "mps-cpu-requested"])]
    assert found(late) == []
    assert found("import os\n" + FALLBACK + "import torch\n", "mps") == []


def test_rocm_is_available_and_has_no_version_of_cuda() -> None:
    text = "import torch\n\nif torch.cuda.is_available():\n    MAJOR = torch.version.cuda.split('.')[0]\n"
    assert found(text) == []
    assert found(text, "rocm") == [("DEV407", ["rocm", "rocm-requested", "rocm-cpu-requested", "rocm-x2"])]


def test_the_choice_of_cuda_is_one_where_nothing_else_is_declared() -> None:
    text = 'import torch\n\nDEVICE = "cuda" if torch.cuda.is_available() else "cpu"\n'
    assert found(text) == found(text, "rocm") == []
    assert found(text, "npu") == [("DEV108", ["npu", "npu-requested", "npu-x2"])]


def test_a_narrow_handler_is_one_finding() -> None:
    tried = "import torch\n\ndef wait():\n    try:\n        torch.cuda.synchronize()\n    except {}:\n        pass\n"
    assert found(tried.format("RuntimeError")) == [("DEV406", ["cpu"])]
    assert found(tried.format("ImportError")) == [("DEV402", ["cpu", "driverless"])]
    assert found(tried.format("Exception")) == []


def test_processes_have_an_environment_of_their_own() -> None:
    text = 'import os\nimport torch\n\ntorch.cuda.init()\nos.environ["CUDA_VISIBLE_DEVICES"] = "1"\n'
    assert ("DEV109", ["cuda-x2"]) in found(text)
    assert "DEV109" not in dict(found("import subprocess\n" + text))
