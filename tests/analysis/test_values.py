"""Where values live: roles, beliefs, and what is derived from them."""

from __future__ import annotations

import pytest

from devlint.analysis.value import ANYWHERE, Kind
from devlint.finding import Because

SELECTED = "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"


@pytest.mark.parametrize(
    ("lines", "expression", "cuda", "cpu"),
    [
        ("y = torch.zeros(3).to(device)", "y", "cuda", "cpu"),
        ("y = torch.zeros(3, device=device)", "y", "cuda", "cpu"),
        ("y = torch.zeros(3)", "y", "cpu", "cpu"),
        ("y = torch.zeros(3).to(device).cpu()", "y", "cpu", "cpu"),
        ("y = torch.zeros(3).to(device)[0].float() + 1", "y", "cuda", "cpu"),
        ("m = torch.nn.Linear(1, 1).to(device)\ny = m(torch.zeros(1).to(device))", "y", "cuda", "cpu"),
        ("m = torch.nn.Linear(1, 1)\nm.to(device)\ny = m(x)", "y", "cuda", "cpu"),
        ("m = torch.nn.Linear(1, 1)\ny = m(x)", "y", "cpu", "cpu"),
        ("a, b = torch.zeros(1).to(device), 3\ny = a", "y", "cuda", "cpu"),
        ("d = {'x': torch.zeros(1).to(device)}\ny = d['x']", "y", "cuda", "cpu"),
        ("ys = [torch.zeros(1).to(device) for _ in range(3)]\ny = ys[0]", "y", "cuda", "cpu"),
        ("ys = []\nfor i in range(3):\n    ys.append(torch.zeros(1).to(device))\ny = ys[1]", "y", "cuda", "cpu"),
        ("ys = [torch.zeros(1).to(device)]\ny = torch.cat(ys)", "y", "cuda", "cpu"),
        ("with torch.no_grad():\n    y = torch.ones(1).to(device)", "y", "cuda", "cpu"),
        ("y = (lambda t: t)(torch.ones(1).to(device))", "y", None, None),
        ("if (y := torch.ones(1).to(device)) is not None:\n    pass", "y", "cuda", "cpu"),
        ("y = torch.zeros_like(torch.ones(1).to(device))", "y", "cuda", "cpu"),
        ("y = torch.zeros(1).type_as(torch.ones(1).to(device))", "y", "cuda", "cpu"),
        ("y = torch.ones(1).to(device).new_zeros(3)", "y", "cuda", "cpu"),
        ("y = next(torch.nn.Linear(1, 1).to(device).parameters())", "y", "cuda", "cpu"),
    ],
)
def test_places(program, lines, expression, cuda, cpu):
    found = program(f"import torch\n{SELECTED}{lines}\nuse(y)\n")
    assert found.places(expression, "cuda") == {cuda}
    assert found.places(expression, "cpu") == {cpu}


@pytest.mark.parametrize(
    ("index", "places"),
    [
        ("rank % torch.cuda.device_count()", {"cuda"}),
        ("rank % count", {"cuda"}),
        ("0", {"cuda"}),
        ("rank % 2", {"cpu"}),
        ("options.device", {"cpu"}),
    ],
)
def test_the_index_of_a_gpu_is_no_request(program, index, places):
    code = f"import torch\ncount = torch.cuda.device_count()\ndevice = {index}\ny = x.to(device)\nuse(y)\n"
    assert program(code).places("y", "cuda-cpu-requested") == places


def test_a_branch_gives_alternatives(program):
    found = program("import torch\ndef f(x, c):\n    y = x.cuda() if c else x.cpu()\n    use(y)\n")
    assert found.places("y", "cuda") == {"cuda", "cpu"}


def test_forward_parameters_live_where_the_module_lives(program):
    code = "import torch\nclass M(torch.nn.Module):\n    def forward(self, x, size):\n        use(x.shape, size)\n"
    (value,) = program(code).value("x")
    assert (value.kind, value.place, value.because) == (Kind.TENSOR, "cuda", Because.ROLE)
    (value,) = program(code).value("size")  # a number, for all that anybody says
    assert (value.kind, value.place, value.because) == (Kind.MOVABLE, "cuda", Because.ROLE)


def test_an_annotation_proves_the_kind_not_the_place(program):
    (value,) = program("import torch\ndef f(x: torch.Tensor):\n    use(x)\n").value("x")
    assert (value.kind, value.place) == (Kind.TENSOR, ANYWHERE)


def test_isinstance_is_a_belief(program):
    found = program("import torch\ndef f(x):\n    if isinstance(x, torch.Tensor):\n        use(x)\n")
    (value,) = found.value("x")
    assert (value.kind, value.because) == (Kind.TENSOR, Because.BELIEF)


def test_what_must_be_detached_lives_where_the_network_lives(program):
    (value,) = program("def f(loss, device):\n    y = loss.detach()\n    use(y)\n").value("y")
    assert (value.place, value.attached) == ("cuda", True)


def test_what_a_file_without_devices_detaches_lives_where_its_caller_has_it(program):
    (value,) = program("def f(loss):\n    y = loss.detach()\n    use(y)\n").value("y")
    assert value.place is None


def test_a_loader_yields_host_batches(program):
    (value,) = program("def f(train_loader):\n    for batch in train_loader:\n        use(batch)\n").value("batch")
    assert (value.kind, value.place) == (Kind.BATCH, "cpu")


def test_fields_over_methods(program):
    found = program(
        """
        import torch
        class A:
            def load(self):
                self.x = torch.zeros(3, device=self.device)
            def use(self):
                use(self.x)
        """
    )
    assert found.places("self.x") == {"cuda"}


def test_summaries_follow_arguments(program):
    found = program(
        """
        import torch
        def move(t, where):
            return t.to(where)
        one = move(torch.zeros(1), "cpu")
        use(one)
        two = move(torch.zeros(1), torch.device("cuda"))
        use(two)
        """
    )
    assert found.places("one") == {"cpu"}
    assert found.places("two") == {"cuda"}


def test_recursion_ends(program):
    assert program("def f(x):\n    return f(x.cuda())\nuse(f(1))\n").value("f(1)").all(lambda v: v.kind is Kind.UNKNOWN)


def test_a_global_that_functions_rebind_is_unknown(program):
    found = program(
        "model = None\ndef load():\n    global model\n    model = make()\ndef f():\n    if model is None:\n        boom()\n    other()\n"
    )
    assert "cpu" in found.reached("boom()")
    assert "cpu" in found.reached("other()")


def test_placements_name_the_literal(program):
    found = program("import torch\ndevice = 'cuda'\ndef f(m):\n    m.to(device)\n")
    assert {placement.world.name for placement in found.placements("'cuda'")} >= {"cpu", "cuda"}
    found = program(
        "import torch\ndevice = 'cuda'\nif not torch.cuda.is_available():\n    device = 'cpu'\ndef f(m):\n    m.to(device)\n"
    )
    assert "cpu" not in {placement.world.name for placement in found.placements("'cuda'")}


def test_a_cuda_call_is_its_own_placement(program):
    (placement, *_) = program("def f(m):\n    m.cuda()\n").placements("m.cuda()")
    assert placement.device.place == "cuda"


def test_devices_in_scope_nearest_first(program):
    found = program("def f(model, device):\n    other_device = device\n    model.run()\n")
    assert found.analysis.devices_in_scope(found.span("model.run()")) == ("other_device", "device")


def test_feeds(program):
    found = program("import torch\ndef f(m):\n    s = torch.load('x')\n    m.load_state_dict(s['model'])\n")
    assert found.analysis.feeds(found.span("torch.load('x')")) == {"load_state_dict"}
    found = program("import torch\ndef f():\n    return torch.load('x')\n")
    assert found.analysis.feeds(found.span("torch.load('x')")) is None


def test_feeds_of_what_is_unpacked(program):
    found = program("import torch\ndef f():\n    a, b = torch.load('x')\n    return torch.from_numpy(a) + b.numpy()\n")
    assert found.analysis.feeds(found.span("torch.load('x')")) == {"from_numpy", "numpy"}


def test_sinks_of_what_escapes(program):
    found = program("import torch\ndef f(m):\n    s = torch.load('x')\n    m.load_state_dict(s['m'])\n    return s\n")
    assert found.analysis.feeds(found.span("torch.load('x')")) is None
    assert found.analysis.sinks(found.span("torch.load('x')")) == {"load_state_dict"}


@pytest.mark.parametrize(
    "use",
    [
        "m.load_state_dict({k: v for k, v in torch.load('x')['m'].items()})",
        "s = renamed(m, torch.load('x'))\n    m.load_state_dict(s)",
        "s = torch.load('x')\n    t = {k: v for k, v in s.items()}\n    m.load_state_dict(t)",
        "s = torch.load('x')\n    for k in m:\n        m[k].load_state_dict(s[k])",
    ],
)
def test_sinks_of_what_is_made_of_a_value(program, use):
    found = program(f"import torch\ndef f(m):\n    {use}\n")
    assert "load_state_dict" in found.analysis.sinks(found.span("torch.load('x')"))


def test_a_value_beside_another_goes_elsewhere(program):
    found = program(
        "import torch\ndef f(m, x):\n    s = torch.load('x')\n    m.load_state_dict(torch.load('y'))\n    return s + x\n"
    )
    assert found.analysis.sinks(found.span("torch.load('x')")) == frozenset()


def test_spelling(program):
    analysis = program("from torch import cuda as c\nimport torch as T\n").analysis
    assert analysis.spelling("torch.cuda.is_available") == "c.is_available"
    assert analysis.spelling("torch.device") == "T.device"
    assert analysis.spelling("numpy.abs") is None


def test_an_option_with_choices_never_holds_an_index(program):
    found = program(
        """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--device", choices=["cpu", "cuda"])
        parser.add_argument("--other-device", default="cuda")
        args = parser.parse_args()
        use(args.device, args.other_device)
        """
    )
    assert [value.indexed for value in found.value("args.device")] == [False]
    assert [value.indexed for value in found.value("args.other_device")] == [None]


MOCKED = """
    import torch
    from unittest.mock import MagicMock
    mocked, kept = torch.zeros(2), torch.zeros(2)
    mocked.to, kept.weight = MagicMock(), 3
    def move(batch, device):
        if isinstance(batch, list) or isinstance(batch, tuple):
            return [move(one, device) for one in batch]
        if isinstance(batch, dict):
            for key in batch:
                batch[key] = move(batch[key], device)
        if torch.is_tensor(batch):
            return batch.to(device)
    move({given}, "cuda:1")
    """


@pytest.mark.parametrize(
    ("given", "moves"),
    [
        ("MagicMock(spec=torch.Tensor)", False),
        ("[MagicMock(), MagicMock()]", False),
        ("{'one': MagicMock(), 'other': MagicMock()}", False),
        ("mocked", False),
        ("[mocked]", False),
        ("{'one': mocked}", False),
        ("kept", True),
        ("torch.zeros(2)", True),
        ("[torch.zeros(2)]", True),
    ],
)
def test_a_mock_goes_nowhere(program, given, moves):
    assert bool(program(MOCKED.format(given=given)).placements('"cuda:1"')) is moves
