"""A torch that behaves like a given world, on a machine that has none of its hardware.

Tensors of the played device are real ``torch.Tensor`` objects of that type over host memory; torch's own code does
everything but compute: autograd, autocast, serialisation, repr and refusals. What the shim cannot play it refuses.
"""

from __future__ import annotations

import os

from devlint.error import DevlintError

#: names the file to which a played process and its children append what they met that cannot be played
UNSUPPORTED = "DEVLINT_UNSUPPORTED"


class Unsupported(DevlintError, NotImplementedError):
    """Something of torch that the shim cannot play; names the operator, the layout or the build.

    Making one is noted for whoever plays the process: a program that catches it goes another way than on the machine
    that is played, which must not pass for a verdict.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        if path := os.environ.get(UNSUPPORTED):
            with open(path, "a", encoding="utf-8") as file:
                file.write(" ".join(self.line.split()) + "\n")
