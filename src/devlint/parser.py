"""The command line: its commands and options, and what they say in typed form."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devlint import __version__
from devlint.error import DevlintError

if TYPE_CHECKING:
    from devlint.shim.profile import Profile

FORMATS = ("full", "concise", "json", "sarif", "github")
_COMMANDS = """\
commands:
  devlint [check] PATHS   find device bugs, and repair them with --fix (the default command)
  devlint rule NAME|CODE  explain a rule; --all lists them
  devlint explain TEXT    name the rules about an error: paste its message or the traceback; - reads standard input
  devlint config [PATH]   show the settings that hold for a file or folder, and where each comes from
  devlint run --world W   run a Python program as if this machine were another: devlint run --world cuda train.py
  devlint verify [PATHS]  try every fix: run the place it repairs before and after, in every world (runs your code);
                          devlint --fix --verify does so before it applies them

exit status: 0 clean, 1 findings left, 2 a mistake in the call or the configuration, or a crash
A path that is named like a command: ./rule, or devlint check rule.
"""

_WORLDS = """\
Placement and errors are simulated: tensors are on the world's devices, and a device bug raises what it raises there.
Numerics and speed are not: the values are computed by the CPU. A world with a request (cuda-requested,
cuda-cpu-requested) plays the same machine as the one without; what is requested is for the program's own arguments.

exit status: that of the program (128 + N where it died by signal N, which is no verdict); of several worlds, 1 if the
program fails in any; 2 if a world cannot be played
"""

_VERDICTS = """\
Without --with, runs parts of the files in processes of their own, with stand-ins for what these do not say: no network,
no files but in a scratch folder, limits of time and memory. Nothing is written to the files.

verdicts:
  verified (inputs derived)   seen failing before and working after, from the program's own code alone
  verified (assumed: ...)     the same, with stand-ins for what is named
  checked                     could not be seen failing; the reason is given
  refuted                     the fix fails, or changes a world that worked: a bug in devlint, please report it

exit status: 0, 1 if a fix is refuted, 2 a mistake in the call or the configuration, or a world that cannot be played
"""


@dataclass(frozen=True, slots=True)
class Check:
    """The options of ``devlint check``; None where nothing was said."""

    paths: list[str]
    fix: bool
    unsafe_fixes: bool
    diff: bool
    fix_only: bool
    show_fixes: bool
    verify: bool
    exit_zero: bool
    exit_non_zero_on_fix: bool
    fail_on: str
    select: list[str] | None
    ignore: list[str] | None
    extend_select: list[str] | None
    targets: list[str] | None
    pedantic: bool | None
    rule_path: list[str]
    output_format: str | None
    output_file: str | None
    statistics: bool
    color: str
    quiet: bool
    config: list[str]
    isolated: bool
    exclude: list[str] | None
    extend_exclude: list[str] | None
    force_exclude: bool | None
    respect_gitignore: bool | None
    stdin_filename: str | None
    jobs: int | None
    cache: bool
    cache_dir: str | None


@dataclass(frozen=True, slots=True)
class Explain:
    """The options of ``devlint rule``."""

    rules: list[str]
    all: bool
    output_format: str
    rule_path: list[str]


@dataclass(frozen=True, slots=True)
class Trace:
    """The options of ``devlint explain``; ``text`` is what an exception says, in as many words as the shell made."""

    text: list[str]
    rule_path: list[str]


@dataclass(frozen=True, slots=True)
class Show:
    """The options of ``devlint config``."""

    path: str
    output_format: str
    config: list[str]
    isolated: bool


@dataclass(frozen=True, slots=True)
class Play:
    """The options of ``devlint run``; ``program`` is what Python is given: a script or ``-m module``, and arguments."""

    worlds: list[str]
    profile: Profile
    program: list[str]


@dataclass(frozen=True, slots=True)
class Verify:
    """The options of ``devlint verify``; ``command`` is what ``--with`` says, if it does."""

    paths: list[str]
    command: str | None
    unsafe_fixes: bool
    timeout: float | None
    output_format: str
    config: list[str]
    isolated: bool


def parse(argv: Sequence[str]) -> Check | Explain | Trace | Show | Play | Verify:
    """What the arguments ask for. Exits with 0 for ``--help`` and ``--version``, and with 2 for a wrong call."""
    match argv:
        case ["rule", *rest]:
            return Explain(**vars(_rule_parser().parse_intermixed_args(rest)))
        case ["explain", *rest]:
            return Trace(**vars(_explain_parser().parse_intermixed_args(rest)))
        case ["config", *rest]:
            return Show(**vars(_config_parser().parse_intermixed_args(rest)))
        case ["run", *rest]:
            return _play(rest)
        case ["verify", *rest]:
            return _verify(rest)
        case ["check", *rest] | rest:
            options = _check(rest)
    if "-" in options.paths and len(options.paths) > 1:
        raise DevlintError("`-` stands for standard input and goes with no other path")
    if options.stdin_filename is not None and options.paths != ["-"]:
        raise DevlintError("`--stdin-filename` goes with the path `-`", "devlint - --stdin-filename app.py < app.py")
    return options


def _check(argv: Sequence[str]) -> Check:
    """The options of a check. Behind ``--`` there are only paths; argparse forgets it where paths and options mix."""
    end = argv.index("--") if "--" in argv else len(argv)
    options = _check_parser().parse_intermixed_args(argv[:end])
    options.paths = [*options.paths, *argv[end + 1 :]] or ["."]
    return Check(**vars(options))


def _play(argv: Sequence[str]) -> Play:
    """The options of a run: ours end where the program begins, and what comes after is its own."""
    from devlint.shim.profile import Profile

    parser = _play_parser()
    begin = 0
    while begin < len(argv) and argv[begin].startswith("-") and argv[begin] not in ("-m", "--"):
        begin += 2 if argv[begin] in ("--world", "--device-memory") else 1
    options = parser.parse_args(argv[:begin])
    program = list(argv[begin + 1 :] if argv[begin : begin + 1] == ["--"] else argv[begin:])
    if program in ([], ["-m"]):
        parser.error("which program? give a script, or -m and a module")
    return Play(options.worlds, Profile.of(options), program)


def _verify(argv: Sequence[str]) -> Verify:
    parser = _verify_parser()
    options = Verify(**vars(parser.parse_intermixed_args(argv)))
    if options.command is None and (options.unsafe_fixes or options.timeout is not None):
        parser.error("--unsafe-fixes and --timeout go with --with")
    return options


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _jobs(text: str) -> int | None:
    if text == "auto":
        return None
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a number from 1 on, or auto, not {text!r}")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number of seconds, not {text!r}")
    return seconds


def _check_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="devlint",
        usage="devlint [check] [OPTIONS] [PATHS ...]",
        description="Find device bugs in PyTorch code, and repair them.",
        epilog=_COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATHS",
        help="files and folders (default: .); - reads standard input",
    )
    parser.add_argument("--version", action="version", version=f"devlint {__version__}")
    _add_fixes(parser.add_argument_group("fixes"))
    _add_rules(parser.add_argument_group("rules and worlds"))
    _add_output(parser.add_argument_group("output"))
    _add_files(parser.add_argument_group("files and configuration"))
    return parser


def _add_fixes(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--fix", action="store_true", help="apply safe fixes")
    group.add_argument(
        "--unsafe-fixes",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="with --fix, --fix-only or --diff: unsafe fixes too",
    )
    group.add_argument(
        "--diff",
        action="store_true",
        help="print what --fix would change as a unified diff, and write nothing; exit 1 if there is any",
    )
    group.add_argument("--fix-only", action="store_true", help="apply fixes, and do not report what is left")
    group.add_argument("--show-fixes", action="store_true", help="list what was fixed")
    group.add_argument(
        "--verify",
        action="store_true",
        help="try every fix before it is applied, or, where none is to be, every fix that is found: run the place that "
        "it repairs before and after, in every world (runs your code, as devlint verify does)",
    )


def _add_rules(group: argparse._ArgumentGroup) -> None:
    _add_list(
        group,
        "--select",
        help="rules to run, by name, code, prefix of a code, or ALL; replaces select and ignore of the configuration",
    )
    _add_list(group, "--extend-select", help="more rules to run")
    _add_list(group, "--ignore", help="rules not to run")
    _add_list(
        group, "--targets", help="what the code must run on, for example cpu,cuda,mps; replaces the declared targets"
    )
    group.add_argument(
        "--pedantic",
        action="store_true",
        default=None,
        help="also show findings whose device is not known, or in files that nothing uses; they never fail the run",
    )
    group.add_argument(
        "--rule-path", action="append", default=[], metavar="FOLDER", help="a folder of further rules; runs their code"
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--output-format", choices=FORMATS, help="default: full, or $DEVLINT_OUTPUT_FORMAT")
    group.add_argument("--output-file", metavar="FILE", help="write the report to a file")
    group.add_argument("--statistics", action="store_true", help="count the findings of each rule")
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="default: auto; NO_COLOR and FORCE_COLOR are heeded",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    group.add_argument(
        "--fail-on",
        choices=("error", "warning"),
        default="warning",
        help="the least severity that fails the run (default: warning)",
    )
    group.add_argument("--exit-zero", action="store_true", help="exit 0 even if there are findings")
    group.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="exit 1 if anything was fixed, even if nothing is left"
    )


def _add_files(group: argparse._ArgumentGroup) -> None:
    _add_configuration(group)
    _add_list(
        group,
        "--exclude",
        "PATTERNS",
        help="files and folders to leave out, in the syntax of .gitignore; replaces the default list",
    )
    _add_list(group, "--extend-exclude", "PATTERNS", help="more of them")
    group.add_argument(
        "--force-exclude",
        action=argparse.BooleanOptionalAction,
        help="leave out what is excluded even if it is named (for hooks)",
    )
    group.add_argument(
        "--respect-gitignore", action=argparse.BooleanOptionalAction, help="leave out what .gitignore names (default)"
    )
    group.add_argument("--stdin-filename", metavar="FILE", help="with `-`: what the text from standard input is called")
    group.add_argument("--jobs", type=_jobs, metavar="N|auto", help="how many processes (default: auto)")
    group.add_argument(
        "--no-cache", dest="cache", action="store_false", help="look at every file anew, and keep nothing for later"
    )
    group.add_argument(
        "--cache-dir",
        metavar="FOLDER",
        help="where to keep what was found (default: .devlint_cache in the root of the project, or $DEVLINT_CACHE_DIR)",
    )


def _add_list(
    group: argparse._ActionsContainer,
    flag: str,
    metavar: str = "NAMES",
    *,
    help: str,
    dest: str | None = None,
    required: bool = False,
) -> None:
    """An option that takes a list with commas, and may be given several times."""
    dest = dest or flag[2:].replace("-", "_")
    group.add_argument(flag, type=_names, action="extend", metavar=metavar, help=help, dest=dest, required=required)


def _add_configuration(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE|KEY=VALUE",
        help="a configuration file to use instead of the nearest, or one setting in TOML",
    )
    group.add_argument("--isolated", action="store_true", help="read no configuration files")


def _rule_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="devlint rule", description="Explain a rule.", allow_abbrev=False)
    parser.add_argument("rules", nargs="*", metavar="NAME|CODE")
    parser.add_argument("--all", action="store_true", help="list every rule")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--rule-path", action="append", default=[], metavar="FOLDER", help="a folder of further rules")
    return parser


def _explain_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="devlint explain", description="Name the rules about what an exception says.", allow_abbrev=False
    )
    parser.add_argument("text", nargs="+", metavar="TEXT", help="the message or the traceback; - for standard input")
    parser.add_argument("--rule-path", action="append", default=[], metavar="FOLDER", help="a folder of further rules")
    return parser


def _config_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="devlint config", description="Show the settings that hold, and where each comes from.", allow_abbrev=False
    )
    parser.add_argument("path", nargs="?", default=".", metavar="PATH")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    _add_configuration(parser)
    return parser


def _verify_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="devlint verify",
        description="Try every fix: run what leads to its place before and after, in every world.",
        epilog=_VERDICTS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: .)")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    _add_command(parser.add_argument_group("with a command of yours"))
    _add_configuration(parser)
    return parser


def _add_command(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--with",
        dest="command",
        metavar="COMMAND",
        help="run this instead, a test suite or a program, in copies of the project before and after all safe fixes, "
        "with your rights; exit 1 if what passed before fails after",
    )
    group.add_argument("--unsafe-fixes", action="store_true", help="unsafe fixes too")
    group.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help="how long it may take in each world (default: 600)"
    )


def _play_parser() -> argparse.ArgumentParser:
    from devlint.shim.profile import add_options  # nobody else pays for it

    parser = argparse.ArgumentParser(
        prog="devlint run",
        usage="devlint run --world NAMES [OPTIONS] (SCRIPT | -m MODULE) [ARGUMENTS ...]",
        description="Run a Python program in a world, on a machine that need not have its hardware.",
        epilog=_WORLDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_list(
        parser,
        "--world",
        dest="worlds",
        required=True,
        help="what to play: cpu, driverless, cuda, cuda-x2 (or any other number), mps ...; several are played in turn",
    )
    add_options(parser.add_argument)
    return parser
