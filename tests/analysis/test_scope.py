"""What a fix may name where it stands: a device in scope, and a library as the file spells it."""

from __future__ import annotations

import pytest

SELECTED = '"cuda" if torch.cuda.is_available() else "cpu"'
_BACKEND = "def f({parameter}):\n    device = torch.device('cuda') if kind == 'cuda' else 'cpu'\n    boom()"


def devices(found, expression: str = "boom()") -> tuple[str, ...]:
    return found.analysis.devices_in_scope(found.span(expression))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("def f(device):\n    boom()", ("device",)),
        (f"device = {SELECTED}\ndef f():\n    boom()", ("device",)),
        (f"def f():\n    device = {SELECTED}\n    boom()", ("device",)),
        ("def f(model, device):\n    other_device = device\n    boom()", ("other_device", "device")),
        ("class M(torch.nn.Module):\n    def forward(self, x):\n        boom()", ("x.device",)),
        (f"class A:\n    def __init__(self):\n        self.device = {SELECTED}\n    def f(self):\n        boom()", ("self.device",)),
        (f"class A:\n    def __init__(self):\n        self.device = {SELECTED}\n        boom()", ("self.device",)),
        (f"def f(device=None):\n    if device is None:\n        device = {SELECTED}\n    boom()", ("device",)),
        (_BACKEND.format(parameter="kind"), ("device",)),
        (_BACKEND.format(parameter="kind='any'"), ("device",)),
        # near-misses
        (_BACKEND.format(parameter="kind='cuda'"), ()),
        ("def f():\n    device = 'cuda'\n    boom()", ()),
        ("def f():\n    device = 'cpu'\n    boom()", ()),
        ("def f(device=None):\n    boom()", ()),
        (f"def f():\n    boom()\nif __name__ == '__main__':\n    device = {SELECTED}", ()),
        (f"class A:\n    def __init__(self):\n        boom()\n        self.device = {SELECTED}", ()),
        (f"class A:\n    def setup(self):\n        self.device = {SELECTED}\n    def f(self):\n        boom()", ()),
        (f"class A:\n    def __init__(self):\n        self.device = {SELECTED}\n    @staticmethod\n    def f(x):\n        boom()", ()),
        ("def f():\n    device = torch.cuda.current_device()\n    boom()", ()),
        (f"def f():\n    device = {SELECTED}\n    return [boom() for device in range(3)]", ()),
        (f"def f():\n    device = {SELECTED}\n    return lambda device: boom()", ()),
        ("from x import require_multi_device\n@require_multi_device\ndef f():\n    boom()", ()),
        ("from x import find_device\ndef f():\n    find_device()\n    boom()", ()),
        ("from x import Device\ndef f():\n    boom()", ()),
        ("from modules import devices\ndef f():\n    boom()", ()),
    ],
)  # fmt: skip
def test_devices_in_scope(program, lines, expected):
    assert devices(program(f"import torch\n{lines}\n")) == expected


def test_an_import_inside_a_function_is_no_spelling_elsewhere(program):
    found = program("def f():\n    import torch\ndef g(m):\n    m.cuda()\n")
    assert found.analysis.spelling("torch.cuda.is_available") is None


def test_a_plain_record_places_nothing(program):
    found = program("import types\nargs = types.SimpleNamespace(device='cuda:0')\n")
    assert not found.placements("'cuda:0'")
    assert program("x = make(device='cuda:0')\n").placements("'cuda:0'")


def test_what_is_loaded_onto_the_cpu_stays_there(program):
    found = program(
        """
        import torch
        state = torch.load("a.pt", map_location="cpu")
        for k, v in state.items():
            use(v.detach().to(torch.float32))
        """
    )
    assert found.places("v.detach().to(torch.float32)") == {"cpu"}


@pytest.mark.parametrize(("names", "known"), [("train, dev, test", ()), ("kind, dev, size", ("dev",))])
def test_a_part_of_the_data_is_no_device(program, names, known):
    found = program(f"import torch\ndef f(load):\n    {names} = load()\n    boom()\n")
    assert devices(found) == known
