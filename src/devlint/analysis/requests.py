"""Reads of what the user asks for: keyword dictionaries, option objects, environment variables.

Where a world requests nothing the key is absent and the read gives its default; where it requests something, a request
name holds it. Other names are whatever their reader says.
"""

from __future__ import annotations

from devlint.analysis import halves, lexicon
from devlint.analysis.call import Call
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.value import MISSING, STR, UNKNOWN, Choice, constant
from devlint.world import Request


def read_request(ev: Evaluator, name: str, default: Choice | None, *, text: bool = False) -> Choice | None:
    """What a read of this name gives; None for a name that requests nothing. ``text``: the reader gives text."""
    if lexicon.names_device(name):
        return ev.selected()
    wanted = lexicon.polarity(name)
    if not wanted:
        return None
    ev.runs.ask("request")
    if ev.world.request is Request.NONE:
        return default
    on = (wanted > 0) == (ev.world.request is not Request.CPU)
    value = _held(default, on, ev.world.index if lexicon.names_index(name) and on else int(on))
    return constant(str(value)) if text else constant(value)


def _held(default: Choice | None, on: bool, number: int) -> object:
    """A request in the type of the default: what ``--use-cuda`` or ``ngpu=1`` leave under the name."""
    const = None if default is None else default.const
    if isinstance(const, bool):
        return on
    if isinstance(const, str) and const in ("True", "False", "true", "false"):
        return str(on) if const[0].isupper() else str(on).lower()
    return number


def read_key(ev: Evaluator, call: Call, *, default: Choice) -> Choice:
    """``mapping.get("key", default)``."""
    key = call.args[0].const if call.args else MISSING
    if not isinstance(key, str):
        return UNKNOWN
    given = call.args[1] if len(call.args) > 1 else default
    found = read_request(ev, key, given)
    return UNKNOWN if found is None else found


def read_attribute(ev: Evaluator, call: Call) -> Choice:
    """``getattr(options, "key", default)``."""
    key = call.args[1].const if len(call.args) > 1 else MISSING
    if not isinstance(key, str):
        return UNKNOWN
    found = read_request(ev, key, call.args[2] if len(call.args) > 2 else UNKNOWN)
    return UNKNOWN if found is None else found


def read_environment(ev: Evaluator, call: Call) -> Choice:
    """``os.environ.get("KEY", default)``: an option of this machine, absent unless a world requests it."""
    key = call.args[0].const if call.args else MISSING
    if not isinstance(key, str):
        return STR
    default = call.args[1] if len(call.args) > 1 else constant(None)
    found = read_request(ev, key, default, text=True)
    if found is not None:
        return found
    return halves.written(key, default, call.node) if lexicon.names_precision(key) else STR
