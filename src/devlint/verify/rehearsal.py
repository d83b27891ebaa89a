"""A slice that runs: in the process that tries it, with stand-ins for what it does not say."""

from __future__ import annotations

import ast
import inspect
import os
import random
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator
from traceback import walk_tb
from typing import Any

import torch

from devlint.scenario import told
from devlint.shim import Unsupported
from devlint.shim.profile import Profile
from devlint.verify import binding, ending, instrument, standins, surroundings
from devlint.verify.assumptions import Assumptions
from devlint.verify.beliefs import Belief
from devlint.verify.imports import Imports
from devlint.verify.setting import Setting
from devlint.verify.standins import Checkpoint, StandIn
from devlint.verify.verdict import about_devices

_SLICE = "slice.py"
#: rounds of a loop, of which one is enough to get somewhere
_ROUNDS = 3


class _Left(BaseException):
    """The slice has come to its end."""


def rehearse(
    text: str, function: str | None, owner: str | None, inputs: list[str], beliefs: dict[str, Belief],
    setting: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Run a slice. Returns whether it got to its place, what it bound there as text, or else what it raised there or on
    the way and within which other file of the project, for what the world was asked, what was assumed, and which
    conditions and loops led elsewhere."""
    rehearsal = _Rehearsal(beliefs, Setting(**setting))
    error, within = None, ""
    try:
        rehearsal.run(text, function, owner, inputs)
    except _Left:
        pass
    except Unsupported:
        raise
    except (Exception, SystemExit) as raised:
        error, within = f"{type(raised).__name__}: {raised}", _raising(raised)
    return {
        "reached": rehearsal.reached,
        "values": rehearsal.values,
        "error": error,
        "within": within,
        "given": sorted(rehearsal.given),
        "assumed": rehearsal.assumptions.made(),
        "elsewhere": list(dict.fromkeys(rehearsal.elsewhere)),
    }


def _raising(raised: BaseException) -> str:
    """The file of the project in which something was raised; nothing if it is the slice."""
    files = [frame.f_code.co_filename for frame, _ in walk_tb(raised.__traceback__)]
    own = [file for file in files if file.endswith(".py") and not os.path.isabs(file)]
    return own[-1] if own and own[-1] != _SLICE else ""


class _Rehearsal:
    """What a slice asks while it runs, by the names of ``devlint.verify.instrument``."""

    def __init__(self, beliefs: dict[str, Belief], setting: Setting) -> None:
        self._beliefs, self._setting = beliefs, setting
        self._rounds = Counter[str]()
        self._held: dict[tuple[int, str], tuple[Any, Any]] = {}
        self.reached = False
        self.values: dict[str, str] = {}
        self.assumptions = StandIn.assumptions = Assumptions(setting.varied)
        self.elsewhere: list[str] = []
        #: the expressions whose values the world gave, and these
        self.given: set[str] = set()
        self._legacy_half = Profile.inherited(os.environ).legacy_half

    def run(self, text: str, function: str | None, owner: str | None, inputs: list[str]) -> None:
        """Run the text, then call the function."""
        provided = {
            ending.REACHED: self._reach,
            ending.NEARED: lambda: None,
            ending.LEFT: self._leave,
            instrument.BELIEVE: self._believe,
            instrument.DECIDE: self._decide,
            instrument.AGAIN: self._again,
            instrument.SOME: self._some,
            instrument.PARTS: self._parts,
            instrument.FAILED: self._failed,
            instrument.OVERLOOKED: self._overlooked,
        }
        setting = self._setting
        module = Imports(setting.root, setting.path, setting.texts, self._beliefs, provided).main(inputs)
        sys.modules["__main__"] = module
        sys.argv = [_SLICE]
        if self._setting.is_given:
            surroundings.launch(self.assumptions)
            torch.set_grad_enabled(self.assumptions.choose("who calls it", "wants no gradients", False, True))
        torch.manual_seed(0)
        random.seed(0)
        surroundings.provide_files(self.assumptions)
        surroundings.number_devices()
        surroundings.load_alone()
        program = instrument.instrumented(text, self._beliefs)
        self._attributes = {node.attr for node in ast.walk(program) if isinstance(node, ast.Attribute)}
        self._late = binding.made_late(program)
        self._attributes -= self._late
        exec(compile(program, _SLICE, "exec"), module.__dict__)
        if function is not None:
            around = getattr(module, owner) if owner is not None else module
            if owner is not None and function.startswith("__") and not function.endswith("__"):
                function = f"_{owner.lstrip('_')}{function}"  # as a class has a private name
            if owner is not None and _takes_self(vars(around)[function]):
                around = self._instance(around)
            self._called(getattr(around, function))

    def _instance(self, made: Any) -> Any:
        """An instance of a class of the slice; what it does not store is stood in for."""
        if "__init__" not in vars(made):
            made.__init__ = lambda this, *args, **kwargs: super(made, this).__init__()
        missing = getattr(made, "__getattr__", None)

        def attribute(this: Any, name: str) -> Any:
            if missing is not None:
                try:
                    found = missing(this, name)
                except AttributeError:
                    pass
                else:
                    if name not in self._late or not isinstance(found, StandIn):
                        return found
            if name not in self._attributes:  # torch asks for some of its own
                raise AttributeError(name)
            return StandIn(f"self.{name}")

        instance = self._called(made)
        made.__getattr__ = attribute  # not earlier: what registers a parameter asks whether there is one
        place = self._beliefs.get("self", {}).get("place")
        if isinstance(instance, torch.nn.Module) and place is not None:
            belief = self._beliefs["self"]
            chosen = self.assumptions.choose("`self`", f"is on {place}", belief, *standins.others(belief))
            instance.to(chosen["place"])
        return instance

    def _called(self, function: Any) -> Any:
        """Call a function or class with stand-ins for its parameters without a default, and for those that somebody is
        believed to give: a device that has a default is that of the world."""
        target: Any = inspect.unwrap(vars(function)["__init__"] if isinstance(function, type) else function)
        code = getattr(target, "__code__", None)
        if code is None:
            return function()
        names = code.co_varnames[int(isinstance(function, type | types.MethodType)) : code.co_argcount]
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        values = target.__defaults__ or ()
        defaults = dict(zip(names[len(names) - len(values) :], values, strict=True)) | (target.__kwdefaults__ or {})
        given = [
            name
            for name in (*names, *keywords)
            if name not in defaults
            or (defaults[name] is None and (name in self._beliefs or self._setting.is_given))
            or self._beliefs.get(name, {}).get("by_world")
        ]
        return function(**{name: StandIn(name) for name in given})

    # -- what a slice calls

    def _reach(self) -> None:
        self.reached = self.assumptions.decisive = True

    def _leave(self, /, **results: Callable[[], Any]) -> None:
        for name, result in results.items():
            try:
                value = result()
            except Exception:
                continue  # a branch was not taken
            value = self._held.get((id(value), name), (value, value))[1]
            self.values[name] = told(value)
            self._use(value, name)
        raise _Left

    def _use(self, value: Any, name: str) -> None:
        """What is in half precision is there to be computed with, which an old CPU refuses."""
        if self._legacy_half and isinstance(value, torch.nn.Module):
            value = next(iter(value.parameters()), None)
        if not self._legacy_half or not isinstance(value, torch.Tensor):
            return
        if value.dtype is torch.float16 and value.device.type == "cpu":
            self.assumptions.note(f"`{name}`", "is computed with")
            torch.nn.functional.layer_norm(value.detach(), value.shape[-1:])

    def _believe(self, made: Callable[[], Any], text: str) -> Any:
        """The value of an expression, or what is believed of it where the slice does not say what it is or cannot make
        it."""
        belief = self._beliefs[text]
        try:
            value = made()
        except Exception as error:
            if self.reached and (self._setting.varied is not None or about_devices(str(error))):
                raise
            return self._assumed(text, belief)
        if belief.get("requested"):
            return belief["value"]
        if (not isinstance(value, StandIn) or isinstance(value, Checkpoint)) and "rebound" not in belief:
            return value
        key = (id(value), text)
        if key not in self._held:
            self._held[key] = value, self._assumed(text, belief)
        return self._held[key][1]

    def _assumed(self, text: str, belief: Belief) -> Any:
        """What stands in for an expression. What a world says of a request is no assumption."""
        if belief.get("by_world"):
            self.given.add(f"`{text}` is {standins.told(belief)}")
        else:
            if self._setting.moved and belief["kind"] in ("tensor", "module"):
                belief = standins.others(belief)[0]
            belief = self.assumptions.choose(
                f"`{text}`", f"is {standins.told(belief)}", belief, *standins.others(belief)
            )
        return standins.realise(belief, self._setting.rank, whole=self._setting.whole)

    def _decide(self, value: Any, toward: bool, leads: bool, text: str) -> bool:
        """The truth of a condition, ``toward`` the place where nobody can know."""
        if not isinstance(value, StandIn | torch.Tensor):  # what is in a tensor is nobody's choice
            if bool(value) is toward or not leads or not self._is_forced(text):
                return bool(value)
        return self.assumptions.choose(f"`{text}`", f"is {'true' if toward else 'false'}", toward, not toward)

    def _again(self, value: Any, leads: bool, text: str) -> bool:
        """The truth of the condition of a loop, which ends at some time."""
        self._rounds[text] += 1
        if self._rounds[text] > _ROUNDS:
            return False
        return self._decide(value, True, leads and self._rounds[text] == 1, text)

    def _some(self, values: Any, leads: bool, text: str, count: int) -> Iterator[Any]:
        number = 0
        for number, value in enumerate(() if isinstance(values, StandIn) else values, 1):
            if number > _ROUNDS:
                return
            yield self._parts(value, count) if count else value
        if isinstance(values, StandIn) or (leads and not number and self._is_forced(text)):
            if self.assumptions.choose(f"`{text}`", "holds something", True, False):
                one = StandIn(f"one of {text}")
                yield self._parts(one, count) if count else one

    def _is_forced(self, text: str) -> bool:
        """Whether what leads elsewhere is to lead to the place."""
        self.elsewhere.append(text)
        return text in self._setting.forced

    def _parts(self, value: Any, count: int) -> Any:
        """What is unpacked into so many names."""
        return [value[number] for number in range(count)] if isinstance(value, StandIn) else value

    def _failed(self, error: Exception, text: str, name: str | None = None) -> Any:
        """A statement on the way failed: what a name is bound to instead, which is as unknown as a parameter. Of what
        else it would have done there is no telling, nor whether who fails for a device gets here."""
        self._overlooked(error, text, name)
        subject, predicate = f"`{text.partition(chr(10))[0]}`", f"went well ({type(error).__name__} here)"
        if name is None or about_devices(str(error)):
            self.assumptions.note(subject, predicate)
            return StandIn(str(name))
        return self.assumptions.choose(subject, predicate, StandIn(name), StandIn(f"another {name}"))

    def _overlooked(self, error: Exception, text: str, name: str | None = None) -> Any:
        """The same of a statement in another file. What fails at the place of the slice is no matter of the way."""
        if self.reached or isinstance(error, Unsupported):
            raise error
        return StandIn(str(name))


def _takes_self(function: Any) -> bool:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and code.co_argcount > 0
