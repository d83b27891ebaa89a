"""From arguments to a configuration, a run, a report and an exit code; the only place that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from devlint.error import DevlintError, did_you_mean
from devlint.files import display
from devlint.finding import Safety, Severity
from devlint.inspection import Inspection, Plan
from devlint.lazy import LazyRules
from devlint.parser import FORMATS, Check, Explain, Play, Show, Trace, Verify, parse
from devlint.report import Report
from devlint.report.style import Style
from devlint.report.summary import fixes, repairable, repaired, statistics, summary, verdicts
from devlint.report.verdicts import bugs, trials
from devlint.run import run, run_text
from devlint.settings.configuration import Configuration
from devlint.settings.document import inline_document
from devlint.settings.globs import Globs
from devlint.settings.project import root_of
from devlint.settings.schema import Entry, Written, layer
from devlint.settings.selection import named

if TYPE_CHECKING:
    from devlint.recall import Recall


def main(argv: Sequence[str] | None = None) -> int:
    """Run devlint. Returns the exit code: 0 clean, 1 findings left, 2 a mistake or a crash; that of the program for
    ``devlint run``."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    argv = sys.argv[1:] if argv is None else argv
    try:
        match parse(argv):
            case Check() as options:
                code = _check(options, argv)
            case Explain() as options:
                code = _explain(options)
            case Trace() as options:
                code = _trace(options)
            case Show() as options:
                code = _show(options)
            case Play() as options:
                code = _play(options)
            case Verify(command=None) as options:
                code = _verify(options)
            case Verify(command=str(command)) as options:
                code = _verify_with(command, options)
        sys.stdout.flush()
        return code
    except DevlintError as error:
        _complain("error", error.line)
        return 2
    except OSError as error:  # a full disk, a directory that is gone
        if not isinstance(error, BrokenPipeError):  # `devlint | head`: nobody reads on
            _complain("error", str(error))
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        return 130


def _complain(kind: str, message: str) -> None:
    print(f"{kind}: {message}", file=sys.stderr)


def _check(options: Check, argv: Sequence[str]) -> int:
    output_format = _format(options)
    plan = Plan(
        fix=options.fix or options.fix_only or options.diff,
        write=options.paths != ["-"] and not options.diff,
        allowed=Safety.UNSAFE if options.unsafe_fixes else Safety.SAFE,
    )
    configuration = _configuration(options.config, options.isolated, _flags(options))
    inspection = Inspection(configuration, _rules(options.rule_path), plan)
    looking = replace(inspection, plan=replace(plan, fix=False)) if options.verify else inspection
    data = sys.stdin.buffer.read() if options.paths == ["-"] else None
    recall = _recall(looking) if options.cache and data is None else None
    if data is not None:
        report = run_text(looking, data, Path(os.path.abspath(options.stdin_filename or "-")), each=options.verify)
    else:
        report = run(looking, options.paths, jobs=options.jobs, recall=recall, each=options.verify)
    if options.verify:
        from devlint.proof import proved  # nobody else runs anything

        _announce(inspection, report, options.quiet)
        report = proved(inspection, report, data)
    aside = _aside(report, options)
    sys.stderr.write(aside)
    if options.diff:
        _publish_diff(report, options)
    else:
        text = _publish(report, options, output_format)
        does_more = options.verify or options.output_file or output_format == "github"
        if recall is not None and not report.unreadable and not does_more:
            from devlint.cache.replay import Told

            recall.remember(argv, options.paths, Told(_exit_code(report, options), text, aside))
    return _exit_code(report, options)


def _rules(paths: Sequence[str]) -> LazyRules:
    """The rules of all packs. Who names folders is told of mistakes in them even if no file wants a rule."""
    rules = LazyRules(tuple(map(Path, paths)))
    if paths:
        len(rules)
    return rules


def _recall(inspection: Inspection) -> Recall | None:
    """What earlier runs found out; nothing for a run that repairs, which changes what its findings rest on."""
    if inspection.plan.fix:
        return None
    from devlint.cache.store import NAME, Store
    from devlint.recall import Recall

    here = Path.cwd()
    folder = inspection.configuration.settings(here).cache_dir
    return Recall(inspection, Store(folder or str(root_of(here) / NAME)))


def _exit_code(report: Report, options: Check) -> int:
    if report.failures or (report.unreadable and not options.exit_zero):
        return 2
    if options.diff:
        found = any(file.patch for file in report.files)
    elif options.fix_only:
        found = False
    else:
        gating = [Severity.ERROR] if options.fail_on == "error" else list(Severity)
        found = any(finding.severity in gating and not finding.pedantic for finding in report.findings)
    fixed = options.exit_non_zero_on_fix and bool(report.fixed)
    return int((found or fixed or bool(report.refuted)) and not options.exit_zero)


def _aside(report: Report, options: Check) -> str:
    """What is said on standard error: all that is not a finding."""
    said = [*(f"error: {message}" for message in (*report.unreadable, *report.failures)), bugs(report.refuted)]
    if not options.quiet:
        said += (f"warning: {message}" for message in report.notices)
        said += (f"note: {message}" for message in report.remarks)
        if not report.files:
            said.append(f"warning: no Python files to look at in {', '.join(options.paths)}")
    return "".join(message if message.endswith("\n") else f"{message}\n" for message in said if message)


def _publish_diff(report: Report, options: Check) -> None:
    """The diff alone on standard output, so that it can be applied."""
    sys.stdout.buffer.write(b"".join(file.patch for file in report.files))
    if not options.quiet:
        sys.stderr.write(repairable(report))


def _publish(report: Report, options: Check, output_format: str) -> str:
    """Say what was found, where the options want it; returns what was said."""
    stream = sys.stdout
    if options.paths == ["-"] and (options.fix or options.fix_only):
        sys.stdout.buffer.write(report.files[0].text)
        stream = sys.stderr
    style = Style(options.output_file is None and _colour(options.color, stream.isatty()))
    text = _rendered(report, options, output_format, style)
    if output_format == "github" and (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        with open(path, "a", encoding="utf-8") as file:
            from devlint.report.github import step_summary

            file.write(step_summary(report))
    if options.output_file is None:
        stream.write(text)
        return text
    try:
        Path(options.output_file).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise DevlintError(f"{options.output_file}: cannot be written: {error.strerror}") from error
    return text


def _rendered(report: Report, options: Check, output_format: str, style: Style) -> str:
    """The whole report in one format, with its last lines."""
    listed = fixes(report) if options.show_fixes else ""
    if options.fix_only:
        return listed + ("" if options.quiet else repaired(report))
    if output_format == "json" or (output_format == "sarif" and not options.statistics):
        return _as_data(report, options, output_format)
    body = statistics(report) if options.statistics else _body(report, output_format, style)
    end = "" if options.quiet or not report.files else summary(report, style)
    return body + listed + end


def _as_data(report: Report, options: Check, output_format: str) -> str:
    if output_format == "sarif":
        from devlint.report.sarif import sarif

        return sarif(report)
    from devlint.report.json import json, statistics_json

    return statistics_json(report) if options.statistics else json(report)


def _body(report: Report, output_format: str, style: Style) -> str:
    """The findings for people to read; a format is loaded if there is anything to be said in it."""
    if not report.findings:
        return ""
    if output_format == "github":
        from devlint.report.github import github

        return github(report)
    if output_format == "concise":
        from devlint.report.concise import concise

        return concise(report, style)
    from devlint.report.full import full

    return full(report, style)


def _format(options: Check) -> str:
    chosen = options.output_format or os.environ.get("DEVLINT_OUTPUT_FORMAT") or "full"
    if chosen not in FORMATS:
        hint = did_you_mean(chosen, FORMATS) or f"formats: {', '.join(FORMATS)}"
        raise DevlintError(f"DEVLINT_OUTPUT_FORMAT: unknown format `{chosen}`", hint)
    return chosen


def _colour(wanted: str, terminal: bool) -> bool:
    """Whether to paint: as the option says, else FORCE_COLOR, else NO_COLOR, else if it is a terminal."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0") or os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return terminal and not os.environ.get("NO_COLOR")


def _configuration(config: Sequence[str], isolated: bool, flags: dict[str, Entry]) -> Configuration:
    files = [word for word in config if "=" not in word]
    if len(files) > 1 or (files and isolated):
        raise DevlintError("one configuration file at most goes with `--config`, and none with `--isolated`")
    settings: dict[str, Entry] = {}
    for word in config:
        if "=" in word:
            settings |= layer(inline_document(word))
    return Configuration(settings | flags, Path(files[0]) if files else None, isolated=isolated)


def _flags(options: Check) -> dict[str, Entry]:
    """The options that are settings, as settings."""
    found: dict[str, Entry] = {}
    for name in ("select", "extend_select", "ignore", "targets"):
        words = getattr(options, name)
        if words is not None:
            option = f"--{name.replace('_', '-')}"
            found[option[2:]] = Entry(tuple(Written.at(word, option) for word in words), option)
    for name in ("exclude", "extend_exclude"):
        words = getattr(options, name)
        if words is not None:
            found[name.replace("_", "-")] = Entry((Globs(tuple(words), Path.cwd()),), f"--{name.replace('_', '-')}")
    for name in ("pedantic", "force_exclude", "respect_gitignore"):
        value = getattr(options, name)
        if value is not None:
            found[name.replace("_", "-")] = Entry(value, f"--{name.replace('_', '-')}")
    for folder, where in (
        (options.cache_dir, "--cache-dir"),
        (os.environ.get("DEVLINT_CACHE_DIR"), "DEVLINT_CACHE_DIR"),
    ):
        if folder:
            found.setdefault("cache-dir", Entry(os.path.abspath(folder), where))
    return found


def _explain(options: Explain) -> int:
    from devlint import explanation  # as the listing below, not for those who check

    rules = _rules(options.rule_path)
    if not options.all and not options.rules:
        raise DevlintError("which rule? give its name or code", "`devlint rule --all` lists the rules")
    chosen = tuple(rules) if options.all else tuple(named(word, rules) for word in options.rules)
    if options.output_format == "json":
        text = explanation.as_json(chosen)
    elif options.all:
        text = explanation.table(chosen)
    else:
        text = "\n\n".join(map(explanation.page, chosen))
    if sys.stdout.isatty():
        from pydoc import pager

        pager(text)
    else:
        sys.stdout.write(text)
    return 0


def _trace(options: Trace) -> int:
    from devlint.causes import causes

    text = sys.stdin.read() if options.text == ["-"] else " ".join(options.text)
    found = causes(text, _rules(options.rule_path))
    for rule in found:
        print(f"{rule.code} {rule.name}: {rule.summary}")
    if not found:
        _complain("devlint", "no rule is about this error")
        return 1
    codes = [rule.code for rule in found]
    print(f"\n`devlint rule {' '.join(codes)}` explains, `devlint --select {','.join(codes)}` looks for it")
    return 0


def _show(options: Show) -> int:
    from devlint.settings import listing

    path = Path(os.path.abspath(options.path))
    if not path.exists():
        raise DevlintError(f"{options.path}: no such file or folder")
    folder = path if path.is_dir() else path.parent
    configuration = _configuration(options.config, options.isolated, {})
    backends = Inspection(configuration, (), Plan()).backends(folder)
    found = listing.lines(configuration.settings(folder), folder, backends)
    sys.stdout.write(listing.as_json(found) if options.output_format == "json" else listing.as_text(found))
    return 0


def _verify(options: Verify) -> int:
    from devlint.proof import tried  # nobody else runs anything

    inspection = Inspection(_configuration(options.config, options.isolated, {}), _rules(()), Plan())
    report = run(inspection, options.paths, each=True)
    _announce(inspection, report)
    files = []
    for checked in tried(inspection, report):
        files.append(replace(checked, findings=tuple(one for one in checked.findings if one.verified)))
        if options.output_format == "text":
            print(trials(files[-1].findings), end="", flush=True)
    report = replace(report, files=tuple(files))
    for message in (*report.unreadable, *report.failures):
        _complain("error", message)
    sys.stderr.write(bugs(report.refuted))
    if options.output_format == "json":
        from devlint.report.json import json

        sys.stdout.write(json(report))
    else:
        sys.stdout.write(verdicts(report) or "No finding has a fix that could be verified.\n")
    return 2 if report.failures or report.unreadable else int(bool(report.refuted))


def _announce(inspection: Inspection, report: Report, quiet: bool = False) -> None:
    """Say what is run before it is, once it is known that it can be."""
    from devlint.proof import ready

    count = ready(inspection, report)
    if count and not quiet:
        _complain("devlint", f"verify runs parts of {count} of these files")


def _verify_with(text: str, options: Verify) -> int:
    from devlint.experiment import Experiment
    from devlint.verify import ledger
    from devlint.verify.command import Command, Run
    from devlint.verify.matrix import Matrix, Side

    command = Command.parse(text, options.timeout)
    plan = Plan(fix=True, allowed=Safety.UNSAFE if options.unsafe_fixes else Safety.SAFE)
    inspection = Inspection(_configuration(options.config, options.isolated, {}), _rules(()), plan)
    report = run(inspection, options.paths)
    for message in (*report.unreadable, *report.failures):
        _complain("error", message)
    experiment = Experiment.of(command, inspection, report)
    for path in experiment.tree.closed:
        _complain("warning", f"{display(path)}: cannot be read, and is not in the copy")
    _complain("devlint", experiment.announcement)
    runs: dict[Side, list[Run]] = {side: [] for side in Side}
    for side, done in experiment.runs():
        runs[side].append(done)
        if options.output_format == "text":
            print(ledger.line(side, done), end="", flush=True)
    matrix = Matrix(command.text, runs[Side.BEFORE], runs[Side.AFTER])
    untried = experiment.untried(matrix.after)
    for name in untried:
        _complain("warning", f"{name}: none of it was run, so that its fixes were not tried")
    if options.output_format == "json":
        sys.stdout.write(ledger.as_json(matrix, experiment.fixes, untried))
    else:
        sys.stdout.write(ledger.differences(matrix) + ledger.verdict(matrix, experiment.fixes))
    return 2 if report.failures or report.unreadable else int(bool(matrix.broken))


def _play(options: Play) -> int:
    from devlint.shim import play  # nobody else pays for it

    worlds = play.ready(options.worlds)
    _complain("devlint", play.note(worlds))
    endings = []
    for world, key in worlds.items():
        if len(worlds) > 1:
            print(f"== world {world.name} ==", flush=True)
        endings.append(play.play(world, key, options.program, options.profile))
        if endings[-1].asked:
            break
    for ended in endings:
        if ended.unsupported is not None:
            _complain("devlint", ended.unsupported)
        elif len(worlds) > 1:
            _complain("devlint", f"world `{ended.world.name}`: exit status {ended.status}")
    if len(worlds) == 1:
        return endings[0].status
    return int(any(ended.status for ended in endings))
