"""Automatic precision that is written for CUDA, or given a device where a device type belongs."""

from __future__ import annotations

from functools import partial

import libcst as cst

from devlint.analysis.torch_facts import AUTOCAST, GRAD_SCALERS
from devlint.analysis.value import MISSING
from devlint.rule import (
    HARDWARE_GUARDS,
    Context,
    Finding,
    Fix,
    Guard,
    Iterator,
    Kind,
    Outcome,
    Safety,
    Severity,
    Value,
    World,
    escapes,
)

#: the first version that takes text with an index (measured, torch 2.2 and 2.4)
_INDEXED = (2, 4)
_NO_DEVICE = "a `torch.device` in world `{}`: ValueError: Expected `device_type` of type `str`"
_NO_INDEX = "a device with an index in world `{}`: RuntimeError: User specified an unsupported autocast device_type"

#: neither a rank nor an option says anything about what autocast takes
_NO_GUARDS: frozenset[Guard] = frozenset()


def check(node: cst.Call, context: Context) -> Iterator[Finding]:
    called, skipped = node.func, 0
    if context.name(called) == "functools.partial" and node.args:
        called, skipped = node.args[0].value, 1
    name = context.name(called) or ""
    if name in AUTOCAST:
        position = AUTOCAST[name]
        given = None if position is None else context.argument(node, "device_type", position + skipped)
        if position is None or _is_cuda(given):
            switch = context.argument(node, "enabled", skipped if position is None else 2 + skipped)
            yield from _for_cuda(node, called, switch, context)
        elif isinstance(given, cst.BaseExpression):
            yield from _no_type(given, context)
    elif name in GRAD_SCALERS:
        given = None if GRAD_SCALERS[name] is None else context.argument(node, "device", skipped)
        if given is None or _is_cuda(given):
            yield from _for_cuda(node, called, context.argument(node, "enabled"), context)


def _is_cuda(given: object) -> bool:
    return isinstance(given, cst.SimpleString) and given.evaluated_value == "cuda"


def _no_type(given: cst.BaseExpression, context: Context) -> Iterator[Finding]:
    """A device, or its text with an index, instead of a device type."""
    devices, indexed = [], []
    for world in context.worlds:
        for visit in context.visits(given, world):
            if visit.value.all(lambda v: v.kind is Kind.DEVICE) and escapes(visit, "ValueError", silent=_NO_GUARDS):
                devices.append(world)
            elif visit.value.all(partial(_has_index, world)) and escapes(visit, "RuntimeError", silent=_NO_GUARDS):
                indexed.append(world)
    wrong = devices or ([] if context.torch().starts_at(*_INDEXED) else indexed)
    if wrong:
        typed = f"{context.text(given)}.type" if devices else _typed(context.text(given), context)
        yield context.report(
            given,
            "autocast takes the type of a device, and gets "
            + (_NO_DEVICE if devices else _NO_INDEX).format(wrong[0].name),
            worlds=dict.fromkeys(wrong, Outcome.CRASHES),
            severity=Severity.ERROR,
            torch=None if devices else context.torch().below(*_INDEXED),
            help="give it the type of the device",
            fix=None if typed is None else Fix(Safety.SAFE, "take its type", (context.replace(given, typed),)),
        )


def _has_index(world: World, value: Value) -> bool:
    """Whether a device has its index with it: one that was chosen has where an index was asked for. Where one that was
    written down is missing, that is what goes wrong."""
    if value.literal and not world.has(str(value.place)):
        return False
    chosen = world.ordinal is not None and value.place == world.accelerator and value.const is MISSING
    return value.is_device and (value.indexed is True or (chosen and value.indexed is None))


def _typed(device: str, context: Context) -> str | None:
    """The type of what may be text or a device."""
    made = context.spelling("torch.device")
    return None if made is None else f"{made}({device}).type"


def _for_cuda(node: cst.Call, called: cst.BaseExpression, switch: object, context: Context) -> Iterator[Finding]:
    """What is for CUDA alone where another accelerator is computed on; or where there is none, although a device is at
    hand that says so."""
    if switch is not None and not (isinstance(switch, cst.Name) and switch.value == "True"):
        return
    device = next(iter(context.devices_in_scope(node)), None)
    told = device is not None and context.name(called) in AUTOCAST
    idle = [
        world
        for world in context.reached(node, silent=HARDWARE_GUARDS)
        if not world.has("cuda") and world.device == world.accelerator
    ]
    silent = [world for world in context.reached(node) if not world.has("cuda") and world.device == "cpu"]
    found = [*silent, *idle] if told else idle
    if found:
        witness = next(world for world in context.worlds if world in found)
        does = f"does nothing for `{witness.accelerator}`" if witness in idle else "only warns"
        alone = f", although `{device}` says what is computed on" if told else ""
        enabled = f'enabled=str({device}).startswith("cuda")'
        fixable = told and switch is None
        yield context.report(
            node,
            f"{context.quote(called)} is for CUDA here, and {does} in world `{witness.name}`{alone}",
            worlds=dict.fromkeys(found, Outcome.WASTEFUL),
            help="give it the type of the device that is computed on",
            fix=Fix(Safety.SAFE, "enable it for CUDA alone", (context.add_argument(node, enabled),))
            if fixable
            else None,
        )
