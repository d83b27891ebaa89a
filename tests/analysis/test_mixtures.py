"""Tensors on different devices that meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

from devlint.analysis.answer import Span
from devlint.analysis.value import Provenance

PRELUDE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor, mode):
        new = {factory}
        return {operation}
"""


def meets_at(program: Callable[[str], Program], factory: str, operation: str) -> bool:
    found = program(PRELUDE.format(factory=factory, operation=operation))
    mixtures = found.analysis.mixtures(found.span(factory))
    assert all(mixture.world.accelerator for mixture in mixtures)
    return bool(mixtures)


@pytest.mark.parametrize(
    "operation",
    [
        "x + new",
        "new < x",
        "x.masked_fill(new, 0)",
        "torch.cat([x, new.unsqueeze(0)])",
        "self.project(new)",
        "self.project(x) * new.float().exp()",
        "new[x.long()]",
    ],
)
def test_new_tensors_meet_inputs_and_outputs(program: Callable[[str], Program], operation: str) -> None:
    assert meets_at(program, "torch.arange(3)", operation)


@pytest.mark.parametrize(
    "operation",
    [
        "x[new]",
        "new.to(x.device) + x",
        "x.sum() if new.shape[0] else x",
        "mode + new",
        "new.sum() + x",
        "x.copy_(new)",
        "torch.broadcast_tensors(x, new)",
    ],
)
def test_they_need_not(program: Callable[[str], Program], operation: str) -> None:
    assert not meets_at(program, "torch.arange(3)", operation)


@pytest.mark.parametrize("shaped", ["expand_as", "view_as", "reshape_as"])
def test_what_takes_the_shape_of_another_stays_where_it_is(program: Callable[[str], Program], shaped: str) -> None:
    assert meets_at(program, "torch.arange(3)", f"new.{shaped}(x) + x")


@pytest.mark.parametrize("factory", ["torch.tensor(1.0)", "torch.zeros(())", "torch.tensor(mode)"])
def test_scalars_mix(program: Callable[[str], Program], factory: str) -> None:
    assert not meets_at(program, factory, "x + new")


def test_different_sides_of_one_condition_do_not_meet(program: Callable[[str], Program]) -> None:
    found = program(
        """
        import torch

        def pick(device, flag):
            a = b = torch.zeros(3)
            if flag:
                a = torch.ones(4)
            else:
                b = torch.ones(4).to(device)
            return a + b
        """
    )
    assert {mixture.host.origin.lineno for mixture in found.analysis.mixtures(found.span("a + b"))} == {5}  # type: ignore[union-attr]


def test_weights_are_where_they_were_made_until_the_module_is_moved(program: Callable[[str], Program]) -> None:
    code = """
        import torch
        from torch import nn

        class Shift(nn.Conv2d):
            def __init__(self, spread):
                super().__init__(3, 3, 1)
                scale = torch.Tensor(spread)
                self.bias.div_(scale)

            def rescale(self, spread):
                self.bias.div_(torch.FloatTensor(spread))
        """
    made, moved = "torch.Tensor(spread)", "torch.FloatTensor(spread)"
    found = program(code)
    assert not found.analysis.mixtures(found.span(made))
    assert found.analysis.mixtures(found.span(moved))
    found = program(code.replace("rescale", "reset_parameters"))
    assert not found.analysis.mixtures(found.span(moved))


MODULE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = torch.ones(3)

    def forward(self, x: torch.Tensor):
        {use}

    def other(self, x: torch.Tensor):
        {other}
"""


@pytest.mark.parametrize(
    ("use", "other", "meets"),
    [
        ("return x + self.shift", "pass", True),
        ("return self.add(x, self.shift)", "pass", False),
        ("return self.other(x)", "return self.shift * x", True),
        ("return x + self.shift.to(x.device)", "pass", False),
        ("return x + self.shift", "self.shift = self.shift.to(x.device)", False),
        ("return x + self.shift", "self.shift = torch.zeros(4)", True),
        ("return x + self.shift", "self.shift = None", True),
        ("return x + self.shift", "self.shift = x", False),
    ],
)
def test_what_a_module_keeps_stays_on_the_cpu(
    program: Callable[[str], Program], use: str, other: str, meets: bool
) -> None:
    found = program(MODULE.format(use=use, other=other))
    span = found.span("self.shift = torch.ones(3)")
    target = Span(span.start, span.start + len("self.shift"))
    assert any(met.host.provenance is Provenance.STORED for met in found.analysis.mixtures(target)) is meets
    assert found.analysis.is_left_behind(target)


@pytest.mark.parametrize(
    ("plain", "left"),
    [
        ("self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]", True),
        ("self.layers = [nn.Linear(3, 3)]", False),
        ("self.layers = [nn.ReLU(), nn.ReLU()]", False),
        ("self.layers = [nn.Sequential(nn.ReLU(), nn.Linear(3, 3)) for _ in range(2)]", True),
        ("self.layers = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])", False),
        ("a = nn.Linear(3, 3)\n        self.a = a\n        self.layers = [a, nn.Linear(3, 3)]", False),
        ("layers = [nn.Linear(3, 3) for _ in range(3)]\n        self.layers = layers", True),
        ("layers = [nn.Linear(3, 3), nn.ReLU()]\n        self.body = f(layers)\n        self.layers = layers", False),
    ],
)
def test_modules_in_plain_containers(program: Callable[[str], Program], plain: str, left: bool) -> None:
    found = program(
        f"""
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {plain}

    def forward(self, x: torch.Tensor):
        for layer in self.layers:
            x = layer(x)
        return x
"""
    )
    start = found.text.index("self.layers")
    target = Span(start, start + len("self.layers"))
    assert (found.analysis.keeps_weights(target) and bool(found.analysis.mixtures(target))) is left


def test_what_is_moved_right_away_is_moved_too_late(program: Callable[[str], Program]) -> None:
    found = program(
        """
        import torch

        def look_up(x: torch.Tensor, device):
            table, index = torch.ones(9), torch.arange(3, device=device)
            return table[index].to(device), table[index]
        """
    )
    assert {met.late for met in found.analysis.mixtures(found.span("table[index]"))} == {False}
    late = Span(found.text.index("table[index]"), found.text.index("table[index]") + len("table[index]"))
    assert {met.late for met in found.analysis.mixtures(late)} == {True}


@pytest.mark.parametrize(
    ("made", "body", "meets"),
    [
        ("torch.ones(n)", 'self.register_buffer("v", self.rest * torch.ones(n))', False),
        ("torch.ones(n)", 'self.register_buffer("v", given.cuda() * torch.ones(n))', True),
    ],
)
def test_buffers_of_a_module_that_is_being_made(
    program: Callable[[str], Program], made: str, body: str, meets: bool
) -> None:
    found = program(
        f"""
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, n, given):
        super().__init__()
        self.register_buffer("rest", torch.tensor([1.0, 2.0]))
        {body}

    def forward(self, x: torch.Tensor):
        return x + self.rest
"""
    )
    assert bool(found.analysis.mixtures(found.span(made))) is meets


@pytest.mark.parametrize(("keeping", "meets"), [("self.device", False), ("None", True)])
def test_a_device_that_nobody_chose_is_that_of_a_module_nobody_moved(
    program: Callable[[str], Program], keeping: str, meets: bool
) -> None:
    found = program(
        f"""
import torch
from torch import nn

def placed(x, device=None):
    if device is None:
        return x.float()
    return x.float().to(device)

class Memory(nn.Module):
    def __init__(self, size, device=None):
        super().__init__()
        self.device = device
        self.net = nn.Linear(size, size)

    def forward(self, x):
        last = placed(torch.zeros(x.size(0), 3), device={keeping})
        return torch.cat([self.net(x), last], 1)
"""
    )
    assert bool(found.analysis.mixtures(found.span("torch.zeros(x.size(0), 3)"))) is meets


SCRIPT = """
import torch
from torch import nn

class Ball(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.tensor([0.0]))

    def simulate(self):
        return torch.cat([self.start, torch.linspace(0.0, 1.0, 5)])
"""


@pytest.mark.parametrize(
    ("end", "importer", "meets"),
    [
        ('if __name__ == "__main__":\n    Ball().simulate()\n', "", False),
        ('if __name__ == "__main__":\n    Ball().simulate()\n', "from ball import Ball\nBall().cuda()\n", True),
        ('if __name__ == "__main__":\n    Ball().cuda().simulate()\n', "", True),
        ("", "", True),
    ],
)
def test_a_script_that_moves_nothing(files: Callable[..., Program], end: str, importer: str, meets: bool) -> None:
    found = files("ball.py", ball=SCRIPT + end, other=importer)
    assert bool(found.analysis.mixtures(found.span("torch.linspace(0.0, 1.0, 5)"))) is meets


@pytest.mark.parametrize(
    ("operation", "meets"),
    [
        ("x.new(new, device=x.device) + x", False),
        ("x.new(new) + x", True),
        ("(new.type(x.type()) if mode else x) + x", False),
        ("new.type(mode) + x", False),
        ("new.type(torch.float64) + x", True),
    ],
)
def test_types_and_new_name_places(program: Callable[[str], Program], operation: str, meets: bool) -> None:
    assert meets_at(program, "torch.arange(3)", operation) is meets


@pytest.mark.parametrize(("operator", "there"), [("!=", "anywhere"), ("==", "cpu")])
def test_a_tensor_is_where_the_device_is_that_it_was_compared_with(
    program: Callable[[str], Program], operator: str, there: str
) -> None:
    found = program(
        f"""
        import torch

        def use(x: torch.Tensor):
            new = torch.ones(3)
            device = x.device
            if new.device {operator} device:
                new = new.to(device)
            return new
        """
    )
    assert found.places("new") == {"anywhere", there}


def test_what_crashes_does_not_go_on(program: Callable[[str], Program]) -> None:
    found = program(
        """
        import torch

        def use(x, flag):
            there = torch.zeros(3).cuda()
            mask = torch.ones(3) if flag else torch.ones(3, device="cuda")
            product = there * mask
            return product
        """
    )
    assert found.places("product") == {"cuda"}


@pytest.mark.parametrize(
    ("made", "first", "meets"),
    [
        ("torch.zeros(1)", "total = block(x)", False),
        ("torch.zeros(3)", "total = block(x)", True),
        ("torch.zeros(1)", "total += block(x)", True),
    ],
)
def test_a_placeholder_that_the_first_trip_replaces(
    program: Callable[[str], Program], made: str, first: str, meets: bool
) -> None:
    found = program(
        f"""
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(3, 3) for _ in range(6))

    def forward(self, x: torch.Tensor):
        total = {made}
        for i, block in enumerate(self.blocks):
            if i % 3 == 0:
                {first}
            else:
                total += block(x)
        return total + x
"""
    )
    assert bool(found.analysis.mixtures(found.span(made))) is meets


@pytest.mark.parametrize(("operation", "meets"), [("torch.sum(mask, -1)", False), ("torch.add(mask, x)", True)])
def test_what_one_operand_may_be_does_not_meet_itself(
    program: Callable[[str], Program], operation: str, meets: bool
) -> None:
    found = program(
        f"""
        import torch

        def use(x, flag):
            x = torch.zeros(3).cuda()
            mask = torch.ones(3) if flag else torch.ones(3, device="cuda")
            return {operation}
        """
    )
    assert bool(found.analysis.mixtures(found.span(operation))) is meets


@pytest.mark.parametrize(
    "operation",
    [
        "x + new * other()",  # only a 0-dim tensor on the CPU mixes, and this is none
        "x + (new - other(mode))",
        "x + torch.meshgrid(new, new)[0]",
        "torch.cat([x, self.scale * mode]) + new",
    ],
)
def test_what_comes_of_a_tensor_on_the_cpu_is_there(program: Callable[[str], Program], operation: str) -> None:
    assert meets_at(program, "torch.arange(3)", operation)


@pytest.mark.parametrize(("owner", "meets"), [("drawn", False), ("given", True), ("args", True), ("model", True)])
def test_what_is_made_where_something_unknown_is(program: Callable[[str], Program], owner: str, meets: bool) -> None:
    found = program(
        f"""
        import torch

        def draw(args, given):
            drawn = sample()[0]
            made = torch.tensor([drawn, 0.0], device={owner}.device)
            return made * torch.rand(2)
        """
    )
    assert bool(found.analysis.mixtures(found.span("torch.rand(2)"))) is meets


def test_a_buffer_moves_with_its_module(program: Callable[[str], Program]) -> None:
    code = """
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("scale", torch.ones(3))
                self.register_buffer("shift", None)
                self._calibrate()

            def _calibrate(self):
                return self.scale * torch.rand(3)

            def rescale(self):
                return self.scale * torch.randn(3)

            def reshift(self):
                return self.shift
        """
    found = program(code)
    assert found.places("self.scale * torch.randn(3)", "cuda") != {"cpu"}
    assert found.analysis.mixtures(found.span("torch.randn(3)"))
    assert not found.analysis.mixtures(found.span("torch.rand(3)"))  # before anybody moves the module
    assert found.value("self.shift").const is None


FIT = """
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(3, 3)

        def forward(self, x):
            return {forward}

    def fit(data, device, move):
        model = Net(){moved}
        train_loader = DataLoader({data})
        for batch in train_loader:
            model(batch)
    """


@pytest.mark.parametrize(
    ("changes", "meets"),
    [
        ({}, True),
        ({"moved": ""}, False),
        ({"forward": "self.out(x.cuda())"}, False),
        ({"forward": "x"}, False),
        ({"data": "data, collate_fn=move"}, False),
        ({"data": "TensorDataset(data.to(device))"}, False),
    ],
)
def test_a_batch_meets_a_module_of_the_project(
    program: Callable[[str], Program], changes: dict[str, str], meets: bool
) -> None:
    plain = {"forward": "self.out(x)", "moved": ".to(device)", "data": "data"}
    found = program(FIT.format(**plain | changes))
    here = [met for met in found.analysis.mixtures(found.span("model(batch)")) if not met.inlined]
    assert bool(here) is meets


def test_a_class_is_a_module_though_a_base_of_its_base_is_out_of_sight(files: Callable[..., Program]) -> None:
    base = "from {package} import Trainable\n\nclass Base(Trainable):\n    pass\n"
    code = """
        import torch
        from torch import nn
        from base import Base

        class Voice(Base):
            def __init__(self):
                super().__init__()
                self.table = nn.Embedding(3, 3)

            def forward(self, x):
                return x

            def convert(self, speaker):
                return self.table(torch.tensor([speaker]))
        """
    found = files("voice.py", voice=code, base=base.format(package="trainer"))
    assert found.analysis.mixtures(found.span("torch.tensor([speaker])"))
    found = files("voice.py", voice=code, base=base.format(package="abc"))
    assert not found.analysis.mixtures(found.span("torch.tensor([speaker])"))


CELL = """
import torch
from torch import nn

class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.Parameter(torch.zeros(4, 2))

    def forward(self, x, embedding):
        state = torch.zeros(x.shape[0], 2).to(x.device)
        return torch.mm(embedding, self.pool) * state
"""
CALLED = """
import torch
from cell import Cell

cell = Cell(){moved}
embedding = torch.empty(20, 4)
for x in {data}:
    cell({x}, embedding)
"""


@pytest.mark.parametrize("data", ["rows", 'torch.load("rows.pt", map_location="cpu")'])
@pytest.mark.parametrize("x", ["x", "x.view(20, 2)"])
@pytest.mark.parametrize(("moved", "meets"), [("", False), (".cuda()", True)])
def test_what_a_script_that_moves_nothing_calls_its_module_with(
    files: Callable[..., Program], data: str, x: str, moved: str, meets: bool
) -> None:
    found = files("main.py", main=CALLED.format(data=data, x=x, moved=moved), cell=CELL)
    assert bool(found.analysis.mixtures(found.span("torch.empty(20, 4)"))) is meets


def test_a_batch_says_where_it_is(program: Callable[[str], Program]) -> None:
    data = 'torch.load("rows.pt", map_location="cpu")'
    found = program(CELL + CALLED.format(data=data, x="x", moved="").replace("from cell import Cell", ""))
    assert not found.analysis.mixtures(found.span("torch.empty(20, 4)"))


COMPARED = """
import torch
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        kept = (engine(x).features > 0){copied}.squeeze()
        kept += torch.zeros(3, dtype=torch.bool)
        return prune(x, kept.cpu())
"""


@pytest.mark.parametrize(("copied", "meets"), [("", True), (".cpu()", False)])
def test_a_superfluous_copy_refutes_no_copy_before_it(
    program: Callable[[str], Program], copied: str, meets: bool
) -> None:
    found = program(COMPARED.format(copied=copied))
    assert bool(found.analysis.mixtures(found.span("torch.zeros(3, dtype=torch.bool)"))) is meets


PARALLEL = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return x * self.scale

net = {made}
net(torch.rand(3))
"""


@pytest.mark.parametrize(
    ("made", "meets"),
    [
        ("Net().cuda()", True),
        ("nn.DataParallel(Net().cuda())", False),
        ("nn.parallel.DistributedDataParallel(Net().cuda(), device_ids=[0])", False),
        ("nn.parallel.DistributedDataParallel(Net().cuda())", True),
        ("nn.DataParallel(Net().cuda()).module", True),
    ],
)
def test_what_scatters_brings_its_inputs_along(program: Callable[[str], Program], made: str, meets: bool) -> None:
    found = program(PARALLEL.format(made=made))
    assert bool(found.analysis.mixtures(found.span("torch.rand(3)"))) is meets


TRANSFORMS = """
    import torch
    class Lighting:
        def __call__(self, img):
            {other}
            return self.values.type_as(img)
    class Cutout:
        def __call__(self, img):
            mask = torch.ones(img.size(1))
            mask = mask.expand_as(img)
            {same}
            return img * mask
    """


@pytest.mark.parametrize(
    ("same", "other", "expected"),
    [
        ("pass", "pass", False),
        ("shade = self.shade.type_as(img)", "pass", True),
        ("pass", "noise = torch.rand(3, device=img.device)", True),
    ],
)
def test_types_are_followed_in_the_class_at_hand(
    program: Callable[[str], Program], same: str, other: str, expected: bool
) -> None:
    found = program(TRANSFORMS.replace("{same}", same).replace("{other}", other))
    assert bool(found.analysis.mixtures(found.span("torch.ones(img.size(1))"))) is expected


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [("i", "j", False), ("0", "k", False), ("i", "mask", True), ("rows", "0", True)],
)
def test_a_number_is_an_index_wherever_it_is(
    program: Callable[[str], Program], row: str, column: str, expected: bool
) -> None:
    found = program(
        f"""
        import torch
        class Model(torch.nn.Module):
            def forward(self, beams, mask, rows):
                done = torch.zeros(beams.shape[0])
                i = 1
                while i < 5:
                    for j in range(3):
                        for k, _ in enumerate(rows):
                            previous = beams[{row}][{column}]
                            use(done[previous])
                    i = i + 1
        """
    )
    assert bool(found.analysis.mixtures(found.span("torch.zeros(beams.shape[0])"))) is expected
