"""The self-test, played like any other program: ``python -m devlint.shim.trial DEVICE COUNT``.

Short, for every build waits for it once; what the shim gets right is for the conformance tests to say.
"""

from __future__ import annotations

import io
import sys

import torch


def trial(device: str, count: int) -> str | None:
    """Make a tensor on the device, run backward, save and load. Returns what went wrong, if anything did."""
    if device == "cpu":
        if torch.accelerator.is_available():
            return "there is an accelerator"
    elif (found := torch.get_device_module(device).device_count()) != count:
        return f"there are {found} devices of type {device} instead of {count}"
    weight = torch.arange(6.0).reshape(2, 3).to(device).requires_grad_()
    if weight.device.type != device:
        return f"a tensor for {device} is on {weight.device}"
    torch.autograd.backward((weight * weight).sum())
    if weight.grad is None or weight.grad.device != weight.device or weight.grad.tolist() != [[0, 2, 4], [6, 8, 10]]:
        return f"the gradient is {weight.grad}"
    file = io.BytesIO()
    torch.save({"weight": weight}, file)
    file.seek(0)
    loaded = torch.load(file)["weight"]
    if loaded.device != weight.device or loaded.tolist() != weight.tolist():
        return f"what was saved is loaded as {loaded}"
    return None


if __name__ == "__main__":
    sys.exit(trial(sys.argv[1], int(sys.argv[2])))
