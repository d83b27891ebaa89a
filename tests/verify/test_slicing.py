"""The smallest program that gets to a place."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from devlint.analysis.answer import Span
from devlint.source import Source
from devlint.verify.cut import Unsliceable
from devlint.verify.slicing import Slice, narrowed, slice_at


def sliced(text: str) -> Slice:
    """The slice for the place that stands between ``«`` and ``»``."""
    text = dedent(text)
    start, end = text.index("«"), text.index("»") - 1
    source = Source("app.py", text.replace("«", "").replace("»", ""))
    return slice_at(source, ast.parse(source.text), Span(start, end))


def program(text: str) -> str:
    return ast.unparse(ast.parse(dedent(text)))


def test_a_statement_with_what_it_is_made_from() -> None:
    found = sliced(
        """\
        import torch, os
        def unused(): pass
        size = int(os.environ["N"])
        x = torch.zeros(size)
        print("hello")
        y = «x.numpy()»
        z = y + 1
        """
    )
    assert found.text == program(
        """\
        import torch, os
        size = int(os.environ["N"])
        x = torch.zeros(size)
        __reached__()
        y = x.numpy()
        __left__(**{"y": lambda: y})
        """
    )
    assert (found.function, found.owner, found.inputs) == (None, None, ())


def test_a_function_with_what_it_needs_of_its_file() -> None:
    found = sliced(
        """\
        import torch
        from app import read
        RATE = 16000
        def load(path): return read(path, RATE)
        @torch.no_grad()
        @app.command()
        def run(model, path):
            print(path)
            wave = load(path)
            model.eval()
            out = model(wave)
            log(out)
            return «out.numpy()», path
        """
    )
    assert found.text == program(
        """\
        import torch
        from app import read
        RATE = 16000
        def load(path): return read(path, RATE)
        @torch.no_grad()
        def run(model, path):
            wave = load(path)
            model.eval()
            out = model(wave)
            __reached__()
            __value__ = (out.numpy(), path)
            __left__(**{"__value__": lambda: __value__})
        """
    )
    assert found.function == "run"


def test_a_method_with_the_attributes_that_it_reads() -> None:
    found = sliced(
        """\
        class Speaker(Base):
            rate = 16000
            def __init__(self, path, device):
                super().__init__()
                self.name = path
                self.device = device
                self.net = build(path).to(device)
            def other(self): pass
            def say(self, text):
                wave = self.net(text).to(self.device)
                return «wave.numpy()»
        """
    )
    assert found.text == program(
        """\
        class Speaker(Base):
            def __init__(self, path, device):
                super().__init__()
                self.device = device
                self.net = build(path).to(device)
            def say(self, text):
                wave = self.net(text).to(self.device)
                __reached__()
                __value__ = wave.numpy()
                __left__(**{"__value__": lambda: __value__})
        """
    )
    assert (found.function, found.owner, found.inputs) == ("say", "Speaker", ("Base", "build", "torch"))


def test_blocks_lead_to_the_place_and_no_further() -> None:
    found = sliced(
        """\
        def run(loader, device):
            if device is None:
                log("none")
                return None
            total = 0
            with timer() as t:
                for x, y in loader:
                    try:
                        if x.ok:
                            z = «x.cuda()»
                        else:
                            z = y
                    except RuntimeError:
                        pass
                    total += 1
        """
    )
    assert found.text == program(
        """\
        def run(loader, device):
            if device is None:
                return None
            with timer() as t:
                for x, y in loader:
                    if x.ok:
                        __reached__()
                        z = x.cuda()
                        __left__(**{"z": lambda: z})
        """
    )


def test_a_choice_is_made_when_the_last_statement_has_spoken() -> None:
    found = sliced(
        """\
        def pick(**options):
            device = options.get("device", "cuda")
            if «options.get("ngpu")»:
                device = "cpu"
            if not torch.cuda.is_available():
                device = "cpu"
            return device
        """
    )
    assert found.text == program(
        """\
        def pick(**options):
            device = options.get("device", "cuda")
            __reached__()
            __decision__ = bool(options.get("ngpu"))
            if __decision__:
                device = "cpu"
            if not torch.cuda.is_available():
                device = "cpu"
            __left__(**{"__decision__": lambda: __decision__, "device": lambda: device})
        """
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("async def run(x):\n    return «x.numpy()»\n", "it is in a coroutine"),
        ("def run(device=«'cuda'»): pass\n", "it is in the head of a definition"),
        ("try:\n    x()\nexcept E:\n    «y()»\n", "it is where an exception is handled"),
        ("match x:\n    case 1:\n        «y()»\n", "it is in a `match` statement"),
        ("x = 1\n" + "x += 1\n" * 301 + "y = «x»\n", "it hangs on more than 300 statements"),
    ],
)
def test_some_places_have_none(text: str, reason: str) -> None:
    with pytest.raises(Unsliceable, match=reason):
        sliced(text)


def test_of_branches_and_loops_only_what_matters() -> None:
    """A round of a loop may need what the one before has made."""
    found = sliced(
        """\
        import torch
        size = 1
        if __name__ == "__main__":
            size = read()
            train(size)
        for _ in range(3):
            x = torch.ones(size + step)
            step = size
            report(x)
        y = «x.numpy()»
        """
    )
    assert found.text == program(
        """\
        import torch
        size = 1
        if __name__ == "__main__":
            size = read()
        for _ in range(3):
            x = torch.ones(size + step)
            step = size
        __reached__()
        y = x.numpy()
        __left__(**{"y": lambda: y})
        """
    )
    assert found.inputs == ("read",)


def test_a_call_that_leads_to_a_place() -> None:
    """The class keeps what its caller uses of it."""
    text = dedent(
        """\
        import torch
        class Net:
            def __init__(self):
                self.scale = 2
                self.name = "net"
            def scaled(self, x): return x * self.scale
            def unused(self): pass
            def run(self, x):
                print(self.name)
                y = self.scaled(x)
                return y.numpy()
        def main():
            net = Net()
            print("begins")
            net.run(torch.ones(3))
            print("ends")
        """
    )
    source, tree = Source("app.py", text), ast.parse(text)
    at, call = (Span(start, start) for start in (text.index("y.numpy()"), text.index("net.run(")))
    led = narrowed(source, tree, at, passed=False, used=())
    found = slice_at(source, led, call, passed=True)
    assert found.text == program(
        """\
        import torch
        class Net:
            def __init__(self):
                self.scale = 2
            def run(self, x):
                y = self.scaled(x)
                __reached__()
                __value__ = y.numpy()
                __left__(**{"__value__": lambda: __value__})
            def scaled(self, x): return x * self.scale
        def main():
            net = Net()
            __neared__()
            net.run(torch.ones(3))
        """
    )
    assert (found.function, found.owner, found.inputs) == ("main", None, ())
    with pytest.raises(Unsliceable, match="no call leads there"):
        narrowed(source, tree, Span(0, 1), passed=False, used=())


def test_an_instance_is_begun_before_its_parts_are_made() -> None:
    found = sliced(
        """\
        import torch
        class Net(torch.nn.Module):
            def __init__(self, width):
                super().__init__()
                self.width = width
                self.layer = «torch.nn.Linear(4, 4).cuda()»
        """
    )
    assert found.text == program(
        """\
        import torch
        class Net(torch.nn.Module):
            def __init__(self, width):
                super().__init__()
                __reached__()
                self.layer = torch.nn.Linear(4, 4).cuda()
                __left__(**{"self.layer": lambda: self.layer})
        """
    )
