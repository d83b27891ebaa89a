"""The conformance cases by theme; importing this package declares them all."""

from importlib import import_module
from pathlib import Path

for _module in sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{_module}")
