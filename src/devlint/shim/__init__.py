"""A torch that behaves like a given world, on a machine that has none of its hardware.

Tensors of the played device are real ``torch.Tensor`` objects of that type over host memory; torch's own code does
everything but compute: autograd, autocast, serialisation, repr and refusals. What the shim cannot play it refuses.
"""

from __future__ import annotations

from devlint.error import DevlintError


class Unsupported(DevlintError, NotImplementedError):
    """Something of torch that the shim cannot play; names the operator, the layout or the build."""
