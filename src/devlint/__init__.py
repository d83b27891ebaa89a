"""devlint finds device bugs in PyTorch code, repairs them, and tries the repair."""

__version__ = "0.1.0"
