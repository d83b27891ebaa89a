"""What devlint is compared with: pinned versions, each in an environment of its own, and how each is called."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

#: rules of ours for semgrep, which has none for devices
_SEMGREP = """\
rules:
  - {id: numpy, languages: [python], severity: WARNING, message: numpy, pattern: $X.numpy()}
  - {id: move, languages: [python], severity: WARNING, message: move, pattern: $X.cuda(...)}
  - {id: half, languages: [python], severity: WARNING, message: half, pattern: $X.half()}
  - {id: load, languages: [python], severity: WARNING, message: load, pattern: torch.load(...)}
"""


@dataclass(frozen=True)
class Tool:
    """One way to call something. ``command`` may name ``{bin}``, its environment's programs, ``{cache}``, an empty
    folder, ``{rules}``, our rules, and ends with the paths; ``slow`` ones are spared what is large; one that is
    ``warm`` runs once more before, so that its cache is full."""

    name: str
    command: tuple[str, ...]
    requirement: str = ""
    slow: bool = False
    warm: bool = False


DEVLINT = (sys.executable, "-m", "devlint", "-q", "--exit-zero", "--isolated", "--output-format=concise")
RUFF = ("{bin}/ruff", "check", "--isolated", "--quiet", "--exit-zero", "--output-format", "concise")
CLEAN = ("--select", "E9,F63,F7,F82")
COLD, WARM = "devlint", "devlint, warm"

TOOLS = (
    Tool(COLD, (*DEVLINT, "--no-cache")),
    Tool(WARM, (*DEVLINT, "--cache-dir", "{cache}"), warm=True),
    Tool("ripgrep -l", ("{bin}/rg", "-l", "-tpy", "--no-ignore", "torch|onnxruntime|devlint:"), "ripgrep==14.1.0"),
    Tool("ruff", (*RUFF, "--no-cache"), "ruff==0.17.5"),
    Tool("ruff ALL", (*RUFF, "--no-cache", "--select", "ALL"), "ruff==0.17.5"),
    Tool("ruff, warm", (*RUFF, "--cache-dir", "{cache}"), "ruff==0.17.5", warm=True),
    Tool("ruff, warm, rules that find nothing", (*RUFF, *CLEAN, "--cache-dir", "{cache}"), "ruff==0.17.5", warm=True),
    Tool("flake8", ("{bin}/flake8", "--isolated", "--exit-zero"), "flake8==7.5.0", slow=True),
    Tool(
        "semgrep, 4 rules",
        ("{bin}/semgrep", "scan", "--config", "{rules}", "--metrics", "off", "--disable-version-check", "--quiet",
         "--no-git-ignore"),
        "semgrep==1.182.0",
        slow=True,
    ),
    Tool(
        "Fixit, 1 rule",
        ("{bin}/fixit", "--quiet", "--rules", "fixit.rules.no_static_if_condition", "lint"),
        "fixit==2.2.1",
        slow=True,
    ),
    Tool("TorchFix", ("{bin}/torchfix",), "torchfix==0.7.0", slow=True),
    Tool(
        "pylint -E",
        ("{bin}/pylint", "-E", "-j", "0", "--recursive", "y", "--persistent", "n", "--rcfile", "/dev/null"),
        "pylint==4.1.4",
        slow=True,
    ),
)  # fmt: skip


def command(tool: Tool, folder: Path, cache: Path, paths: list[str]) -> list[str]:
    """The words of a call, with the environment of the tool made where it is not there."""
    names = {"cache": str(cache), "rules": str(_rules(folder))}
    if tool.requirement:
        names["bin"] = str(_environment(tool.requirement, folder))
    return [word.format(**names) for word in tool.command] + paths


def _environment(requirement: str, folder: Path) -> Path:
    """The programs of an environment in which this is installed, and nothing else."""
    home = folder / "peers" / requirement
    if not (home / "ready").exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--only-binary", ":all:", requirement]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        (home / "ready").touch()
    return home / "bin"


def _rules(folder: Path) -> Path:
    path = folder / "semgrep.yml"
    path.write_text(_SEMGREP, encoding="utf-8")
    return path
