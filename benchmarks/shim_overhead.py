"""What playing a GPU costs: the same work on the CPU and in world cuda, one thread, ratios of CPU time.

    python benchmarks/shim_overhead.py

Each measurement is the least of several repetitions, in a process of its own for each side; the sides take turns.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

ROUNDS = 3
WORK = (
    "x + x",
    "MLP step",
    "CNN step",
    "12-layer forward 4x64x512",
    "12-layer forward 1x8x512",
    "forward and backward",
)


def measure(device: str) -> dict[str, float]:
    """Seconds of CPU time of each piece of work on a device."""
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)
    torch.manual_seed(0)

    def least(function: Callable[[], object], times: int) -> float:
        function()
        found = []
        for _ in range(times):
            start = time.process_time()
            function()
            found.append(time.process_time() - start)
        return min(found)

    small = torch.ones(4, device=device)
    mlp = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)).to(device)
    adam = torch.optim.Adam(mlp.parameters(), 1e-3)
    rows, classes = torch.randn(64, 32).to(device), torch.randint(0, 10, (64,)).to(device)
    cnn = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
    ).to(device)  # fmt: skip
    sgd = torch.optim.SGD(cnn.parameters(), 1e-2, momentum=0.9)
    images, kinds = torch.randn(32, 3, 32, 32).to(device), torch.randint(0, 10, (32,)).to(device)
    layer = nn.TransformerEncoderLayer(512, 8, 2048, 0.0, batch_first=True)
    transformer = nn.TransformerEncoder(layer, 12, enable_nested_tensor=False).to(device)
    long, short = torch.randn(4, 64, 512).to(device), torch.randn(1, 8, 512).to(device)

    def step(model: nn.Module, optimizer: torch.optim.Optimizer, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        optimizer.zero_grad()
        torch.autograd.backward(cross_entropy(model(inputs), targets))
        optimizer.step()

    def forward(inputs: torch.Tensor) -> None:
        with torch.no_grad():
            transformer(inputs)

    def both() -> None:
        transformer.zero_grad()
        torch.autograd.backward(transformer(long).pow(2).mean())

    return {
        "x + x": least(lambda: [small + small for _ in range(1000)], 15) / 1000,
        "MLP step": least(lambda: step(mlp, adam, rows, classes), 100),
        "CNN step": least(lambda: step(cnn, sgd, images, kinds), 40),
        "12-layer forward 4x64x512": least(lambda: forward(long), 10),
        "12-layer forward 1x8x512": least(lambda: forward(short), 20),
        "forward and backward": least(both, 6),
    }


def measured(*command: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    cpu: list[dict[str, float]] = []
    played: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        cpu.append(measured(__file__, "cpu"))
        played.append(measured("-m", "devlint", "run", "--world", "cuda", __file__, "cuda"))
    for work in cpu[0]:
        one, other = (min(found[work] for found in side) for side in (cpu, played))
        print(f"{work:28} {one * 1e3:9.3f} ms   {other * 1e3:9.3f} ms   {other / one:5.2f}x")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        main()
