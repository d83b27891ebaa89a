"""How a world is played, beyond what it is: options of ``devlint run`` and of the pytest plug-in alike."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

#: where a played process and its children find their profile
PROFILE = "DEVLINT_PROFILE"

_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", re.IGNORECASE)
_UNITS = ("", "K", "M", "G", "T")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a machine does that others of its kind do not.

    ``legacy_half``: its CPU refuses half precision as torch 2.1 did.
    ``async_copies``: a non-blocking copy to the host is not there before the program synchronises.
    ``device_memory``: bytes of each accelerator; None: 16 GiB.
    """

    legacy_half: bool = False
    async_copies: bool = False
    device_memory: int | None = None

    @classmethod
    def of(cls, options: argparse.Namespace, prefix: str = "") -> Profile:
        """The one that options ask for which ``add_options`` declared."""
        return cls(**{name: getattr(options, prefix.replace("-", "_") + name) for name in cls.__slots__})

    @classmethod
    def inherited(cls, environment: Mapping[str, str]) -> Profile:
        """The one of the process around this one."""
        return cls(**json.loads(environment.get(PROFILE, "{}")))

    @property
    def variables(self) -> dict[str, str]:
        """What hands it on to a process."""
        return {PROFILE: json.dumps(asdict(self))}


def add_options(add: Callable[..., object], prefix: str = "") -> None:
    """Declare an option for each field with the ``add_argument`` of a parser; ``prefix`` stands before their names."""
    add(
        f"--{prefix}legacy-half",
        action="store_true",
        help="let the CPU refuse half precision where torch 2.1 refused it",
    )
    add(
        f"--{prefix}async-copies",
        action="store_true",
        help="let a non-blocking copy to the host hold nothing until the program synchronises",
    )
    add(
        f"--{prefix}device-memory",
        metavar="SIZE",
        type=size,
        help="how much memory each accelerator has, for example 8GiB",
    )


def size(text: str) -> int:
    """The bytes of ``512MiB``, ``8G`` or ``1000``; every unit is a power of 1024, as in torch's own messages.

    Raises argparse.ArgumentTypeError on anything else.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"not a size: `{text}`; write 512MiB or 8GiB")
    return int(float(match[1]) * 1024 ** _UNITS.index(match[2].upper()))
