"""What a function and its class say of a value: a copy to the host in one place speaks for every other."""

from __future__ import annotations

import pytest

from devlint.analysis.answer import Span
from devlint.analysis.value import Kind
from devlint.finding import Because


def is_believed(found, expression="use(x)"):
    """Whether the argument of a call may be a tensor on the accelerator, by belief."""
    argument = expression.partition("(")[2].rstrip(")")
    return any(
        value.kind is Kind.TENSOR and value.place == "cuda" and value.because is Because.BELIEF
        for value in found.value(argument)
    )


@pytest.mark.parametrize(
    "body",
    [
        "y = x.cpu().numpy()\n    use(x)",
        "use(x)\n    return x.cpu().numpy()",
        "y = x.detach().clone().cpu()\n    use(x)",
        "y = torch.argmax(x, 1).cpu()\n    use(x)",
        "y = x.unsqueeze(0)\n    z = y\n    save(z.cpu())\n    use(x)",
        "if x is not None:\n        save(x.detach().cpu())\n    use(x)",
        "if isinstance(x, torch.Tensor):\n        save(x.cpu().numpy())\n    use(x)",
        "for i in range(3):\n        save(x.detach().cpu())\n    use(x)",
        "x = decode(x)\n    use(x)\n    x = x.detach().cpu()",
    ],
)
def test_a_copy_speaks_for_the_binding(program, body):
    assert is_believed(program(f"import torch\ndef f(x, flag):\n    {body}\n"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("y = x.cpu()\n    use(x)", "a module can be copied so"),
        ("y = x.generate().cpu().numpy()\n    use(x)", "a model gives what is copied"),
        ("x = x.cpu().numpy()\n    use(x)", "bound anew"),
        ("if flag:\n        x = x.cpu().numpy()\n    use(x)", "copied on one side"),
        ("y = x.cpu().numpy() if flag else x\n    use(x)", "copied on one side"),
        ("if flag:\n        return use(x)\n    return x.cpu().numpy()", "gone before the copy"),
        ("try:\n        x = x.cpu().numpy()\n    except AttributeError:\n        pass\n    use(x)", "tried out"),
        ("if torch.is_tensor(x):\n        return x.cpu().numpy()\n    use(x)", "the other side of the question"),
        ("def g(x):\n        return x.cpu().numpy()\n    use(x)", "another name in a function within"),
        ("match flag:\n        case 1:\n            return x.cpu().numpy()\n    use(x)", "copied in one case"),
    ],
)
def test_a_copy_of_something_else_says_nothing(program, body, reason):
    assert not is_believed(program(f"import torch\ndef f(x, flag):\n    {body}\n")), reason


@pytest.mark.parametrize(
    ("body", "is_array"),
    [
        ("use(x)\n    x = torch.from_numpy(x**3)", True),
        ("y = torch.from_numpy(x).to(0)\n    use(x)", True),
        ("use(x)\n    if x is not None:\n        return torch.from_numpy(1 - x)", True),
        ("use(x)\n    x = other()\n    return torch.from_numpy(x)", False),
        ("use(x)\n    x = x if torch.is_tensor(x) else torch.from_numpy(x)", False),
        ("use(x)\n    if flag:\n        x = torch.from_numpy(x)", False),
        ("use(x)\n    return torch.from_numpy(flag * x)", False),
        ("use(x)\n    return torch.from_numpy(x[0])", False),
    ],
)
def test_what_a_tensor_is_made_of_is_an_array(program, body, is_array):
    found = program(f"import torch\ndef f(y, flag):\n    x = y.data\n    {body}\n")
    start = found.text.index("use(x)") + len("use(")
    (visit,) = found.analysis.visits(Span(start, start + 1), found.world("cuda"))
    assert visit.value.all(lambda value: value.kind is Kind.NDARRAY) is is_array


CLASS = """
import torch
class Speech:
    def speak(self, engine, quick):
        audio = engine.infer()
        {call}
        track = self.as_track(audio)
        save(track.unsqueeze(0).cpu())
    def as_track(self, audio):
        if isinstance(audio, torch.Tensor):
            return audio
        return torch.tensor(audio)
    def trim(self, x):
        use(x)
        return x
"""


@pytest.mark.parametrize(
    "call",
    [
        "self.trim(audio)",
        "self.trim(x=audio)",
        "if quick:\n            audio = self.trim(audio)",
        "audio = self.trim(audio)",
    ],
)
def test_a_parameter_gets_what_a_sibling_copies(program, call):
    assert is_believed(program(CLASS.replace("{call}", call)))


@pytest.mark.parametrize(
    "call",
    [
        "self.trim(engine.sample())",
        "audio = clean(self.trim(engine.sample()))",
        "self.trim(quick)",
        "other = engine.sample()\n        self.trim(other)",
    ],
)
def test_another_value_is_not_spoken_for(program, call):
    assert not is_believed(program(CLASS.replace("{call}", call)))


def test_on_the_cpu_of_a_request_it_is_there(program):
    found = program("import torch\ndef f(x):\n    save(x.cpu().numpy())\n    use(x)\n")
    assert found.places("x", "cuda-cpu-requested") == {"cpu"}
    assert found.places("x", "cuda") == {"cuda"}


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("x.to(torch.int32)", Kind.TENSOR),  # a module takes no integers
        ("x.to(torch.float32)", Kind.UNKNOWN),
    ],
)
def test_a_type_may_tell_a_tensor(program, call, kind):
    (value,) = program(f"import torch\ndef f(x):\n    use({call})\n").value(call)
    assert value.kind is kind


def test_who_asks_if_it_is_a_tensor_casts_a_tensor(program):
    code = "import torch\ndef f(x, g):\n    if isinstance(x, torch.Tensor):\n        x = x[None]\n    x = g(x)\n"
    (value,) = program(code + "    use(x.to(torch.float32))\n").value("x.to(torch.float32)")
    assert value.kind is Kind.TENSOR


def test_what_a_condition_says_of_a_path_ends_with_its_side(program):
    code = "def f(h, n):\n    if h[0] is not None and n > 1:\n        pass\n    else:\n        n = 1\n    use(h[0])\n"
    assert program(code).value("h[0]").only.kind is Kind.UNKNOWN


def test_moving_to_one_of_two_devices(program):
    code = "import torch\ndef f(gpu_wanted, y):\n    d = 'cuda' if y > 1 else 'cpu'\n    use(torch.zeros(2).to(d))\n"
    assert program(code).places("torch.zeros(2).to(d)") == {"cuda", "cpu"}


def test_a_belief_is_about_a_binding_not_about_its_name(program):
    found = program(
        """
        import math, torch

        def embed(steps: torch.Tensor, size):
            scale = math.log(10000) / (size - 1)
            scale = table(-scale)
            scale.unsqueeze(0)
            return [scale]
        """
    )
    assert {value.kind for value in found.value("-scale")} == {Kind.UNKNOWN}
    assert {value.kind for value in found.value("scale.unsqueeze(0)")} == {Kind.TENSOR}


@pytest.mark.parametrize(("call", "kind"), [("x.backward()", Kind.TENSOR), ("x.backward(loss)", Kind.UNKNOWN)])
def test_what_is_handed_a_loss_is_no_tensor(program, call, kind):
    found = program(f"import torch\ndef f(x, loss):\n    {call}\n    use(x)\n")
    assert {value.kind for value in found.value("x")} == {kind}
