"""devlint finds device bugs in PyTorch code, repairs them, and tries the repair.

A process that plays a world imports this package before anything else, so that pytest, which knows it for a plug-in, is
too late to rewrite its assertions and would warn: PYTEST_DONT_REWRITE
"""

__version__ = "0.1.0"
