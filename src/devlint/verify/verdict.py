"""From what a place did before and after a repair to a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from devlint.analysis import lexicon
from devlint.evidence import UNKNOWN, Assumption, Evidence, Played, Verdict
from devlint.finding import Finding, Outcome
from devlint.verify.stage import Tried
from devlint.world import World

#: an exception and the beginning of its text, as the message of a finding names it
_EXCEPTION = re.compile(r"\b([A-Z]\w+(?:Error|Exception))\b(?:: (.{0,30}))?")
#: what torch's texts about devices have in common
_ABOUT_DEVICES = re.compile(r"\bdevices?\b|cuda|numpy|driver|\b(?:half|mps|xpu|npu|pinned)\b", re.IGNORECASE)
#: what no program has fails for the sake of devlint's own
_STANDS_IN = re.compile(r"'(?:Array|Base|Checkpoint|Host|Network|StandIn)' object has no attribute")
#: what is assumed of conditions
_SETTLED = ("is True", "is False")
#: and what is assumed of those that nothing at all is known of, and of loops
_DECIDED = (*_SETTLED, "is true", "is false", "holds something")
_DEVICE = re.compile(r"\b(?:cpu|cuda|mps|xpu|npu|privateuseone)(?::\d+)?\b")


def played(tried: Tried) -> Played:
    """What a slice did that was tried."""
    if tried.failure is not None:
        return Played(False, {}, tried.failure)
    value: dict[str, Any] = tried.value
    if tried.asked and not value["reached"]:
        return Played(False, {}, f"it asked for {', '.join(tried.asked)}")
    assumed, elsewhere = tuple(Assumption(*one) for one in value["assumed"]), tuple(value["elsewhere"])
    given = tuple(value["given"])
    return Played(value["reached"], value["values"], value["error"], assumed, elsewhere, value["within"], given)


def about_devices(error: str) -> bool:
    """Whether something failed for the sake of a device, not of a stand-in that has the wrong shape."""
    return _ABOUT_DEVICES.search(error) is not None


def is_condition(assumption: Assumption) -> bool:
    """Whether what is assumed decides a condition or a loop that is not about devices."""
    words = re.findall(r"\w+", assumption.subject)
    if any(lexicon.polarity(word) or lexicon.names_device(word) or lexicon.names_index(word) for word in words):
        return False
    return assumption.predicate in _DECIDED and not about_devices(assumption.subject)


def judge(
    finding: Finding, worlds: Sequence[World], before: Mapping[str, Played], after: Mapping[str, Played]
) -> Evidence:
    """The verdict on a repair whose place did this in the worlds."""
    verdict, reason = _judged(finding, worlds, before, after)
    evidence = Evidence(verdict, reason, before, after)
    if verdict is Verdict.ASSUMED and not evidence.assumed:
        return Evidence(Verdict.DERIVED, "every input is the program's own", before, after)
    return evidence


def _judged(
    finding: Finding, worlds: Sequence[World], before: Mapping[str, Played], after: Mapping[str, Played]
) -> tuple[Verdict, str]:
    if (doubt := unseen(finding, before[finding.witness])) is not None:
        return Verdict.CHECKED, doubt
    changed = False
    witness = next(world for world in worlds if world.name == finding.witness)

    def is_witness(world: World) -> bool:
        """Whether a world with the witness's devices is it once more: nobody asked what the user requests there, and
        nothing went to another device."""
        seen = [(played[world.name].values, played[witness.name].values) for played in (before, after)]
        differing = _differing(before[world.name], after[world.name])
        moved = any(_DEVICE.findall(value) != _DEVICE.findall(then) for value, then in differing)
        return world.accelerator == witness.accelerator and all(here == there for here, there in seen) and not moved

    for place in worlds:
        world, one, other = place.name, before[place.name], after[place.name]
        wrong = finding.worlds.get(world, Outcome.FINE) is not Outcome.FINE
        if other.error is not None:
            if not other.reached:
                if not one.reached and world != finding.witness:
                    continue  # what the slice needs cannot be had there either way
                return Verdict.CHECKED, f"{world}: the repaired slice does not get there: {other.text}"
            if one.error == other.error:
                if world == finding.witness:
                    settled = next((one for one in other.assumed if one.predicate in _SETTLED), None)
                    if settled is not None:  # the repair may be of just that
                        return (
                            Verdict.CHECKED,
                            f"{world}: still {other.error}, where {settled.subject} {settled.predicate}",
                        )
                    if other.within:
                        return Verdict.CHECKED, f"{world}: still {other.text}, in {other.within}"
                    return Verdict.REFUTED, f"{world}: still {other.text}"
                continue  # another cause, or what the slice cannot do either way
            if one.error is None and one.given != other.given:
                return Verdict.CHECKED, f"{world}: the repaired slice was asked for something else: {other.text}"
            if _STANDS_IN.search(other.error):
                return Verdict.CHECKED, f"{world}: the repaired slice asks too much of what stands in: {other.text}"
            if one.error is None and (about_devices(other.error) or _stands_on_as_much(one, other)):
                return Verdict.REFUTED, f"{world}: {other.text}, where it was {one.text}"
            anyway = any(played.error == other.error for played in before.values())  # wherever it is
            verdict = Verdict.REFUTED if about_devices(other.error) and not anyway else Verdict.CHECKED
            return verdict, f"{world}: the repaired slice fails otherwise: {other.text}"
        changed |= wrong and (one.error is not None or bool(_differing(one, other)))
        if not wrong and one.error is None and not (does_the_same(one, other, place) or is_witness(place)):
            if does_otherwise(one, other, place):
                return Verdict.REFUTED, f"{world}: {other.text}, where it was {one.text}"
            return Verdict.CHECKED, f"{world}: what comes of it is known on one side only: {other.text}, {one.text}"
    if not changed:
        return Verdict.CHECKED, "the repair changes nothing that the slice shows"
    return Verdict.ASSUMED, "; ".join(Evidence(Verdict.ASSUMED, "", before, after).assumed)


def _stands_on_as_much(one: Played, other: Played) -> bool:
    """Whether all that stood in before does so after: else a failure may be of what was never computed before."""
    return {found.subject for found in one.assumed} <= {found.subject for found in other.assumed}


def does_the_same(one: Played, other: Played, world: World) -> bool:
    """Whether what worked works as before; a value may have gone to the device that the world asks for."""
    return other.error is None and all(_follows(*pair, world) for pair in _differing(one, other))


def does_otherwise(one: Played, other: Played, world: World) -> bool:
    """Whether what worked surely does something else: more than that nothing is known of a value on one side."""
    return not does_the_same(one, other, world) and not any(UNKNOWN in pair for pair in _differing(one, other))


def _differing(one: Played, other: Played) -> list[tuple[str, str]]:
    """The values of names that both runs bind, and bind differently."""
    return [
        (value, other.values[name])
        for name, value in one.values.items()
        if name in other.values and value != other.values[name]
    ]


def _follows(before: str, after: str, world: World) -> bool:
    """Whether a value changed in nothing but its device, which now is the one that the world asks for."""
    devices = {found.partition(":")[0] for found in _DEVICE.findall(after)}
    return devices == {world.device} and _DEVICE.sub("", before) == _DEVICE.sub("", after)


def _says(error: str, text: str) -> bool:
    """Whether an exception says a text, in which dots stand for what a rule does not know."""
    return re.search(".*".join(map(re.escape, text.split("..."))), error) is not None


def unseen(finding: Finding, played: Played) -> str | None:
    """Why a bug was not seen in the finding's witness, if it was not."""
    if not played.reached:
        return f"the slice does not get there: {played.error or 'it takes another way'}"
    if finding.worlds[finding.witness] is not Outcome.CRASHES:
        return None if played.error is None else f"the slice fails: {played.error}"
    if played.error is None:
        return "the failure was not reproduced"
    named = _EXCEPTION.search(finding.message)
    said = named and played.error.startswith(named[1]) and _says(played.error, (named[2] or "").rstrip())
    if not (about_devices(played.error) if named is None else said):
        return f"another failure than the one that is found: {played.error}"
    return None
