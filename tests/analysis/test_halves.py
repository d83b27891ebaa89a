"""Which choice makes something on the CPU half precision, and what else hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Program

CONFIG = """
    import os
    import torch
    is_half = eval(os.environ.get("is_half", "True"))
    """
CHOICE = 'eval(os.environ.get("is_half", "True"))'


def halved(program: Program, expression: str, world: str = "cpu") -> set[tuple[str, int]]:
    """Files and lines of what is made half precision by what is written at an expression."""
    found = program.analysis.halvings(program.span(expression))
    return {(one.at.path, one.at.line) for one in found if one.world.name == world}


@pytest.mark.parametrize(
    "use",
    [
        "if is_half == True:\n    model = model.half()",
        "if not is_half:\n    pass\nelse:\n    model = model.half()",
        "model = model.half() if is_half else model",
        "fp16 = is_half\nif fp16 and ready():\n    model = model.half()",
        "precision = torch.float16 if is_half else torch.float32\nmodel = model.to(precision)",
        "precision = torch.float32\nif is_half:\n    precision = torch.float16\nmodel = model.to(dtype=precision)",
        "if bool(str(is_half).lower() == 'true'):\n    model = model.half()",
    ],
)
def test_a_choice_is_followed_to_what_hangs_on_it(program, use):
    code = f"import os, torch\nis_half = {CHOICE}\nmodel = build()\n{use}\n"
    assert len(halved(program(code), CHOICE)) == 1


@pytest.mark.parametrize(
    "use",
    [
        "if is_half and torch.cuda.is_available():\n    model = model.half()",
        "if device == 'cpu':\n    is_half = False\nif is_half:\n    model = model.half()",
        "if is_half and str(device) != 'cpu':\n    model = model.half()",
        "if is_half:\n    print('half')\nmodel = model.float()",
    ],
)
def test_a_device_takes_a_choice_back(program, use):
    code = f"""import os, torch
is_half = {CHOICE}
device = "cuda" if torch.cuda.is_available() else "cpu"
{use}
"""
    assert halved(program(code), CHOICE) == set()


def test_a_choice_is_over_after_its_branch(program):
    found = program(f"import os\nis_half = {CHOICE}\nif is_half:\n    print()\nmodel = build().half()\n")
    assert halved(found, CHOICE) == set()
    assert halved(found, "build().half()") == {("program.py", 5)}


def test_what_is_asked_for_is_no_choice(program):
    found = program("""
        import argparse, torch
        options = argparse.ArgumentParser().parse_args()
        is_half = False
        if options.fp16:
            is_half = True
        if is_half:
            model = build().half()
        """)
    assert halved(found, "True") == set()
    assert halved(found, "build().half()") == set()


def test_a_choice_reaches_the_files_that_import_it(files):
    use = "from config import is_half\nmodel = build()\nif is_half:\n    model = model.half()\n"
    assert halved(files("config.py", config=CONFIG, use=use), CHOICE) == {("use.py", 4)}


def test_a_choice_reaches_the_processes_that_are_started_with_it(files):
    found = files(
        "config.py",
        config=CONFIG,
        start="import os\nfrom config import is_half\nos.environ['is_half'] = str(is_half)\n",
        worker=CONFIG.replace("\n    ", "\n") + "model = build()\nif is_half:\n    model = model.half()\n",
    )
    assert halved(found, CHOICE) == {("worker.py", 7)}


def test_a_process_that_is_not_started_with_a_choice_has_its_own(files):
    worker = CONFIG.replace("\n    ", "\n") + "model = build()\nif is_half:\n    model = model.half()\n"
    code = {"config": CONFIG, "start": "from config import is_half\nprint(is_half)\n", "worker": worker}
    assert halved(files("config.py", **code), CHOICE) == set()
    assert halved(files("worker.py", **code), CHOICE) == {("worker.py", 7)}


@pytest.mark.parametrize(("call", "count"), [("shrink(net)", 1), ("shrink(net, False)", 0), ("shrink(net, fp16=f)", 0)])
def test_a_default_counts_where_a_call_leaves_it(files, call, count):
    model = "def shrink(model, fp16=True):\n    if fp16:\n        model = model.half()\n    return model\n"
    found = files("model.py", model=model, main=f"from model import shrink\nshrunk = {call}\n")
    with found.analysis.asking_callers({"cpu"}):
        assert len(halved(found, "True")) == count


def test_who_takes_over_a_choice_beside_another_device_makes_it(files):
    found = files(
        "serve.py",
        config=CONFIG.replace('True"))', 'True")) and torch.cuda.is_available()'),
        serve="""
            import config
            import sys
            options = read(sys.argv)
            device = options.device
            is_half = config.is_half
            model = build()
            if is_half:
                model = model.half().to(device)
            """,
    )
    assert halved(found, "config.is_half", "cuda-cpu-requested") == {("serve.py", 9)}
    assert halved(found, "config.is_half", "cpu") == set()


@pytest.mark.parametrize(
    ("use", "computed"),
    [
        ("return x.half().cpu()", False),
        ("z = x.half().cpu()\n    return net(z)", False),
        ("return x.cpu().half()", True),
        ("return y * x.half()", False),
        ("return net(x.half())", True),
        ("z = x.half()\n    return z + y", False),
        ("z = x.half()\n    return net(z + y) + net(z)", True),
        ("return torch.mm(y, x.half())", False),
        ("net.half()\n    torch.save(net.state_dict(), x)", False),
        ("net.half()\n    torch.save(net.state_dict(), x)\n    return net(x)", True),
        ("net.half()\n    torch.save(net.state_dict(), x)\n    net.float()\n    return net(x)", False),
        ("for y in x:\n        net(y)\n        net.half()\n        torch.save(net.state_dict(), x)", True),
        ("net.half()\n    return net", True),
    ],
)
def test_what_is_stored_or_only_multiplied_needs_no_kernel(program, use, computed):
    code = f"import torch\ndef run(x: torch.Tensor, y: torch.Tensor, net: torch.nn.Module):\n    {use}\n"
    made = next(text for text in ("x.cpu().half()", "x.half()", "net.half()") if text in code)
    assert bool(halved(program(code), made)) is computed


@pytest.mark.parametrize(("given", "left"), [("dtype=other", False), ("", True)])
def test_what_every_caller_says_is_no_choice_of_the_default(program, given, left):
    code = f"""import torch
def make(net: torch.nn.Module, dtype=None):
    kept = dtype or torch.float16
    return net.to(kept)
other = torch.float32 if torch.cuda.is_available() else torch.float64
make(torch.nn.Linear(3, 3), {given})
"""
    found = program(code)
    with found.analysis.asking_callers({"cpu"}):
        assert bool(halved(found, "dtype or torch.float16")) is left


@pytest.mark.parametrize(("body", "computed"), [("return x.half()", False), ("return self.layer(x.half())", True)])
def test_a_module_that_only_changes_the_precision(program, body, computed):
    code = f"import torch\nclass ToHalf(torch.nn.Module):\n    def forward(self, x):\n        {body}\n"
    assert bool(halved(program(code), "x.half()")) is computed


FETCHED = """
import torch
def build():
    model = load()
    {body}
    return model
"""


@pytest.mark.parametrize(
    ("body", "computed"),
    [
        ("model.half()\n    model.cuda()", False),
        ("model.half()\n    model.load_state_dict(read())\n    model.to('cuda:0').eval()", False),
        ("device = f'cuda:{index}'\n    if wide:\n        model.half()\n    model.to(device)", False),
        ("model.half()\n    if index:\n        model.cuda()", True),
        ("if index:\n        model.half()\n    else:\n        model.cuda()", True),
        ("model.half()\n    model(1)\n    model.cuda()", True),
        ("model.half()\n    model.to(device)", True),
        ("model.half()\n    model.to('cuda' if torch.cuda.is_available() else 'cpu')", True),
    ],
)
def test_what_goes_on_to_the_accelerator_is_not_computed_with_before(program, body, computed):
    found = program(FETCHED.replace("{body}", body))
    assert bool(halved(found, "model.half()")) is computed


@pytest.mark.parametrize(
    ("use", "computed"),
    [
        ("fetch(owner.model)\n    return sample(lambda x: owner.model(x))", False),
        ("with scope():\n        fetch(owner.model)\n        return owner.model(1)", False),
        ("if low:\n        fetch(owner.model)\n    return owner.model(1)", True),
        ("fetch(owner.other)\n    return owner.model(1)", True),
        ("fetch(owner.model)\n\ndef second(owner):\n    return owner.model(1)", True),
    ],
)
def test_what_every_use_fetches_waits_on_the_host(program, use, computed):
    found = program(f"""
import torch
def fetch(part):
    part.cuda()
def begin(owner):
    owner.model.half()
    return owner
def first(owner, low):
    {use}
""")
    assert bool(halved(found, "owner.model.half()")) is computed


@pytest.mark.parametrize(
    ("use", "computed"),
    [
        ("torch.save(x, path)", False),
        ("x['epoch'] = -1\n    for p in x['model'].parameters():\n        p.detach()\n    torch.save(x, path)", False),
        ("torch.save(x, path)\n    return x", True),
        ("x['model'](1)\n    torch.save(x, path)", True),
        ("net = x['model']\n    torch.save(x, path)\n    net(1)", True),
        ("print(path)", True),
    ],
)
def test_an_item_of_what_is_only_saved(program, use, computed):
    found = program(f"import torch\ndef strip(path):\n    x = torch.load(path)\n    x['model'].half()\n    {use}\n")
    assert bool(halved(found, "x['model'].half()")) is computed
