"""Slices before and after a repair, tried in worlds: what is assumed on the way, and what has a say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent

import pytest

from devlint.analysis.answer import Span
from devlint.evidence import Evidence, Verdict
from devlint.finding import Because, Finding, Outcome, Place, Severity
from devlint.shim.profile import Profile
from devlint.source import Source
from devlint.verify.attempt import Attempt, Side
from devlint.verify.beliefs import Belief
from devlint.verify.isolation import Limits
from devlint.verify.setting import Setting
from devlint.verify.slicing import slice_at
from devlint.verify.stage import Stage
from devlint.world import World, world_named

WORLDS = (world_named("cpu"), world_named("cuda"))
ALONE = Setting(None, "app.py")
CHOSEN = "to('cuda' if torch.cuda.is_available() else 'cpu')"


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[World, Stage]]:
    with ExitStack() as stack:
        yield {world: stack.enter_context(Stage(world, Profile(), Limits(wall=60))) for world in WORLDS}


def side(text: str, believed: dict[str, dict[str, Belief]]) -> Side:
    """The slice for the place between ``«`` and ``»``; what is believed is said by world, ``*`` for all."""
    text = dedent(text)
    start, end = text.index("«"), text.index("»") - 1
    source = Source("app.py", text.replace("«", "").replace("»", ""))
    made = slice_at(source, ast.parse(source.text), Span(start, end))
    return Side(made, {world.name: believed.get("*", {}) | believed.get(world.name, {}) for world in WORLDS})


def finding(witness: str, message: str, outcome: Outcome) -> Finding:
    place = Place("app.py", 1, 1, 1, 2)
    worlds = {world.name: outcome if world.name == witness else Outcome.FINE for world in WORLDS}
    return Finding("a-rule", "DEV000", place, Severity.ERROR, message, worlds, witness, Because.DERIVED)


def tried(
    stages: dict[World, Stage], before: str, after: str, *, witness: str, message: str = "", setting: Setting = ALONE,
    outcome: Outcome = Outcome.CRASHES, **believed: dict[str, Belief],
) -> Evidence:  # fmt: skip
    given = {name.replace("every", "*"): beliefs for name, beliefs in believed.items()}
    sides = side(before, given), side(after, given)
    return Attempt(finding(witness, message, outcome), WORLDS, *sides, stages.__getitem__).in_setting(setting)


def tensor(place: str) -> Belief:
    return {"kind": "tensor", "place": place, "half": False, "attached": False}


def test_what_fails_whatever_stands_in_is_derived(stages: dict[World, Stage]) -> None:
    """The tensor may be elsewhere, and the condition another: `.cuda()` fails on a CPU all the same."""
    program = """\
    import torch
    def run(options):
        scale = 2 if options.double else 1
        size = int(options.size)
        return «torch.ones(size)» * scale
    """
    broken, mended = (
        program.replace("«torch.ones(size)»", f"«torch.ones(size).{method}»") for method in ("cuda()", CHOSEN)
    )
    found = tried(stages, broken, mended, witness="cpu", message="AssertionError: Torch not compiled with CUDA")
    assert found.verdict is Verdict.DERIVED
    assert found.assumed == ("`options.double` is true", "`options.size` is 1")
    assert found.reason == "nothing that stands in has a say in it"


def test_what_hangs_on_a_stand_in_is_assumed(stages: dict[World, Stage]) -> None:
    program = "def run(audio):\n    return «audio.numpy()»\n"
    mended = program.replace("audio.numpy", "audio.cpu().numpy")
    believed = {"cpu": {"audio": tensor("cpu")}, "cuda": {"audio": tensor("cuda")}}
    found = tried(stages, program, mended, witness="cuda", message="TypeError: can't convert", **believed)
    assert found.verdict is Verdict.ASSUMED
    assert found.assumed == ("`audio` is a tensor on cpu", "`audio` is a tensor on cuda")


def test_a_field_of_a_record(stages: dict[World, Stage]) -> None:
    program = """\
    from dataclasses import dataclass
    import torch
    @dataclass
    class Options:
        scale: torch.Tensor = «torch.ones(1).cuda()»
    """
    found = tried(
        stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message="AssertionError: Torch not compiled"
    )
    assert found.verdict is Verdict.DERIVED, found.reason


def test_a_repair_of_what_stands_in_is_not_refuted(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    from library import parse
    FAST = True
    def run():
        options = parse(FAST)
        if options.fast:
            x = «torch.ones(1).cuda()»
    """
    after = program.replace("= True", "= torch.cuda.is_available()")
    believed = {"options.fast": {"kind": "constant", "value": True}}
    found = tried(stages, program, after, witness="cpu", message="AssertionError: Torch not compiled", every=believed)
    assert found.verdict is Verdict.CHECKED
    assert found.reason.endswith("where `options.fast` is True")


def test_what_worked_with_arrays_has_to_work_on(stages: dict[World, Stage]) -> None:
    program = "import numpy as np\ndef run(audio):\n    peak = «np.abs(audio).max()»\n"
    believed = {"cpu": {"audio": tensor("cpu")}, "cuda": {"audio": tensor("cuda")}}
    for mended, verdict in (
        ("np.abs(audio.cpu())", Verdict.REFUTED),
        ("np.abs(audio.cpu() if hasattr(audio, 'cpu') else audio)", Verdict.ASSUMED),
    ):
        after = program.replace("np.abs(audio)", mended)
        found = tried(stages, program, after, witness="cuda", message="TypeError", **believed)
        assert found.verdict is verdict, found.reason
        if verdict is Verdict.REFUTED:
            assert found.reason == (
                "cpu: AttributeError: 'Array' object has no attribute 'cpu', where it was peak = 1, "
                "with no tensor for `audio`"
            )


def test_conditions_that_no_world_decides_lead_to_the_place(stages: dict[World, Stage]) -> None:
    program = """\
    import os, torch
    def run(path):
        if not os.path.exists("weights"):
            return None
        for name in []:
            if GUARD:
                x = «torch.ones(1).cuda()»
    """
    forced, guarded = (
        program.replace("GUARD", "os.path.isfile('weights')"),
        program.replace("GUARD", "torch.cuda.is_available()"),
    )
    message = "AssertionError: Torch not compiled"
    found = tried(stages, forced, forced.replace("cuda()", CHOSEN), witness="cpu", message=message)
    assert found.verdict is Verdict.ASSUMED
    assert found.assumed == (
        "`not os.path.exists('weights')` is false", "`[]` holds something", "`os.path.isfile('weights')` is true",
    )  # fmt: skip
    found = tried(stages, guarded, guarded.replace("cuda()", CHOSEN), witness="cpu", message=message)
    assert (found.verdict, found.reason) == (Verdict.CHECKED, "the slice does not get there: it takes another way")


def test_files_of_the_project_are_run_as_far_as_they_run(stages: dict[World, Stage], tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("from .net import Net\nfrom .absent import Other\n")
    (tmp_path / "models" / "net.py").write_text(
        dedent(
            """\
            import torch, unknown_library
            unknown_library.setup(1 / 0)
            @unknown_library.register
            class Net(torch.nn.Linear):
                def __init__(self):
                    super().__init__(3, unknown_library.SIZE and 2)
            """
        )
    )
    program = "import models, torch\nfrom models import net as networks, Other\nmodel = «networks.Net().cuda()»\n"
    setting = Setting(str(tmp_path), "app.py")
    message = "AssertionError: Torch not compiled"
    after = program.replace("cuda()", CHOSEN)
    found = tried(stages, program, after, witness="cpu", message=message, setting=setting)
    assert found.verdict is Verdict.DERIVED
    assert found.after["cuda"].values == {"model": "cuda:0 float32"}
    found = tried(stages, program, after, witness="cpu", message=message)
    assert (found.verdict, found.assumed) == (Verdict.ASSUMED, ("`models.net.Net(...)` is a module",))


def test_files_of_the_project_are_imported_as_python_does(stages: dict[World, Stage], tmp_path: Path) -> None:
    """A package runs before what is in it, and may import by name; a class finds the module it is of, and is one
    without what decorates it in vain."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "registry.py").write_text(
        "MODELS = {}\ndef add(made): return MODELS.setdefault(made.__name__, made)\n"
    )
    (tmp_path / "models" / "__init__.py").write_text(
        "import importlib\nfor name in ('net', 'options'): importlib.import_module(f'models.{name}')\n"
    )
    (tmp_path / "models" / "options.py").write_text(
        "from dataclasses import dataclass\n@dataclass\nclass Options:\n    size: int = 3\n"
    )
    (tmp_path / "models" / "net.py").write_text(
        dedent(
            """\
            import torch
            from .registry import add
            from .options import Options
            @add
            class Net(torch.nn.Linear):
                def __init__(self): super().__init__(Options().size, 2)
            @(1 / 0)
            class Wide(Net):
                pass
            """
        )
    )
    setting = Setting(str(tmp_path), "app.py")
    for program in (
        "import torch\nfrom models.registry import MODELS\nmodel = «MODELS['Net']().cuda()»\n",
        "import torch\nfrom models.net import Wide\nmodel = «Wide().cuda()»\n",
    ):
        after = program.replace("cuda()", CHOSEN)
        found = tried(
            stages, program, after, witness="cpu", message="AssertionError: Torch not compiled", setting=setting
        )
        assert (found.verdict, found.reason) == (Verdict.DERIVED, "every input is the program's own")
        assert found.after["cuda"].values == {"model": "cuda:0 float32"}


def test_a_world_says_what_is_requested(stages: dict[World, Stage]) -> None:
    program = "import torch\ndef run(device):\n    x = «torch.ones(2).to(device).numpy()»\n"
    believed = {
        world.name: {"device": {"kind": "constant", "value": world.device, "by_world": True}} for world in WORLDS
    }
    after = program.replace("to(device)", "cpu()")
    found = tried(stages, program, after, witness="cuda", message="TypeError", **believed)
    assert (found.verdict, found.reason) == (Verdict.DERIVED, "every input is the program's own")


@pytest.mark.parametrize(
    ("program", "setting"),
    [
        # indices are whole numbers
        ("def run(at):\n    hot = torch.zeros(4, 9)\n    hot[range(4), at] = 1\n    x = «hot.cuda()»\n", "whole"),
        # a variable of the environment without a default
        ("import os\ndef run():\n    n = len(os.environ.get('N')) or 3\n    x = «torch.ones(n).cuda()»\n", "is_given"),
    ],
)
def test_other_inputs_get_there_too(stages: dict[World, Stage], program: str, setting: str) -> None:
    program = f"import torch\n{program}"
    after = program.replace("cuda()", CHOSEN)
    believed = {"at": tensor("cpu")}
    message = "AssertionError: Torch not compiled"
    found = tried(stages, program, after, witness="cpu", message=message, every=believed)
    assert "went well" in " ".join(found.assumed)
    other = Setting(None, "app.py", **{setting: True})  # type: ignore[arg-type]
    found = tried(stages, program, after, witness="cpu", message=message, every=believed, setting=other)
    assert found.verdict is Verdict.DERIVED, found.reason


@pytest.mark.parametrize(("guard", "verdict"), [("len(data) > 9", Verdict.DERIVED), ("data[0] == 1", Verdict.ASSUMED)])
def test_files_of_numbers_that_are_not_there(stages: dict[World, Stage], guard: str, verdict: Verdict) -> None:
    program = f"""\
    import numpy as np, torch
    data = np.memmap("train.bin", dtype=np.uint16, mode="r")
    if {guard}:
        x = «torch.from_numpy(data.astype(np.int64)).cuda()»
    """
    after = program.replace("cuda()", CHOSEN)
    found = tried(stages, program, after, witness="cpu", message="AssertionError: Torch not compiled")
    assert (found.verdict, found.assumed) == (verdict, ("`train.bin` holds numbers",))


def test_a_library_holds_what_it_is_given_by_name(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    from library import Options
    options = Options(size=3)
    x = «torch.ones(options.size).cuda()»
    """
    after = program.replace("cuda()", CHOSEN)
    found = tried(stages, program, after, witness="cpu", message="AssertionError: Torch not compiled")
    assert found.assumed[0] == "`library.Options(...)` holds what it is made with"
    assert found.after["cuda"].values == {"x": "cuda:0 float32 [1, 1, 1]"}


def test_a_world_in_which_nobody_asks_is_the_witness_again(stages: dict[World, Stage]) -> None:
    """What a finding says of `cuda-cpu-requested` hangs on a request that this program does not read."""
    worlds = (*WORLDS, world_named("cuda-cpu-requested"))
    program = "import torch\nx = torch.ones(1, device='cuda' if torch.cuda.is_available() else 'cpu')\n"
    broken, mended = (f"{program}is_there = «x.device{kind} == 'cuda'»\n" for kind in ("", ".type"))
    told = finding("cuda", "", Outcome.WRONG)
    played = {world: stages[WORLDS[world.device != "cpu" or world.accelerator is not None]] for world in worlds}
    sides = [Side(side(text, {}).slice, {world.name: {} for world in worlds}) for text in (broken, mended)]
    found = Attempt(told, worlds, *sides, played.__getitem__).in_setting(ALONE)
    assert found.verdict is Verdict.DERIVED, found.reason


def test_a_silent_bug_is_to_change_whatever_is_taken(stages: dict[World, Stage]) -> None:
    """An array in the place of the tensor gets to the same comparison, which the repair turns round on purpose."""
    program = """\
    import torch
    def run(audio):
        where = torch.as_tensor(audio).to("cuda" if torch.cuda.is_available() else "cpu").device
        is_there = «where == "cuda"»
    """
    mended = program.replace('where == "cuda"', 'str(where).startswith("cuda")')
    believed = {"cpu": {"audio": tensor("cpu")}, "cuda": {"audio": tensor("cpu")}}
    found = tried(stages, program, mended, witness="cuda", outcome=Outcome.WRONG, **believed)
    assert found.verdict is not Verdict.REFUTED, found.reason
    assert (found.before["cuda"].values, found.after["cuda"].values) == ({"is_there": "False"}, {"is_there": "True"})


def test_what_the_program_does_not_take_refutes_nothing(stages: dict[World, Stage]) -> None:
    """An array has no `.to`: what is believed of its result then says nothing about the repair."""
    program = """\
    import torch
    def run(audio, device):
        moved = audio.to(device)
        is_there = «moved.device == "cuda"»
    """
    mended = program.replace("moved.device ==", "moved.device.type ==")
    believed = {
        world.name: {
            "audio": tensor("cpu"),
            "device": {"kind": "constant", "value": world.device, "by_world": True},
            "moved.device": {"kind": "constant", "value": world.device, "by_world": True},
        }
        for world in WORLDS
    }
    found = tried(stages, program, mended, witness="cuda", outcome=Outcome.WRONG, **believed)
    assert found.verdict is not Verdict.REFUTED, found.reason
    assert found.after["cuda"].values == {"is_there": "True"}


GUARDED = "AssertionError: Torch not compiled"


@pytest.mark.parametrize(
    ("way", "verdict"),
    [
        # what it should have bound is as unknown as a parameter
        ("first, sizes = [1]", Verdict.DERIVED),
        # a device on the way is another bug, and of what a call does there is no telling
        ("sizes = torch.ones(2).cuda()", Verdict.ASSUMED),
        ("every = [2]\n    every.remove(3)\n    sizes = every[0]", Verdict.ASSUMED),
    ],
)
def test_what_fails_on_the_way(stages: dict[World, Stage], way: str, verdict: Verdict) -> None:
    program = f"import torch\ndef run():\n    {way}\n    x = «torch.ones(int(sizes)).cuda()»\n"
    found = tried(stages, program, program.replace("cuda()»", CHOSEN + "»"), witness="cpu", message=GUARDED)
    assert found.verdict is verdict, (found.reason, found.assumed)


def test_what_fails_to_change_a_part_leaves_the_rest(stages: dict[World, Stage]) -> None:
    """It binds nothing: in a function, a name that is bound somewhere is not that of the file."""
    program = """    import os, torch
    def run():
        os.environ["FOLDER"] = os.environ.get("NOWHERE")
        x = «torch.ones(len(os.sep)).cuda()»
    """
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert found.verdict is Verdict.ASSUMED, found.reason
    assert found.after["cpu"].values == {"x": "cpu float32 [1]"}


def test_an_attribute_that_is_made_when_it_is_missed(stages: dict[World, Stage]) -> None:
    program = """    import torch
    from library import Base
    class Queue(Base):
        def push(self, size):
            if not hasattr(self, "kept"):
                self.kept = «torch.zeros(int(size)).cuda()»
    """
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert found.verdict is Verdict.DERIVED, found.reason


def test_what_numbers_a_device(stages: dict[World, Stage]) -> None:
    program = "import torch\ndef run(rank):\n    «torch.cuda.set_device(rank)»\n"
    mended = program.replace("«", "torch.cuda.is_available() and «")
    found = tried(stages, program, mended, witness="cpu", message="AttributeError: module 'torch._C' has no attribute")
    assert found.verdict is Verdict.DERIVED, found.reason
    assert found.assumed == ("`rank` is 0",)


def test_an_archive_of_a_module(stages: dict[World, Stage]) -> None:
    program = "import torch\ndef run(path):\n    net = «torch.jit.load(path)»\n"
    mended = program.replace("load(path)", "load(path, map_location=None if torch.cuda.is_available() else 'cpu')")
    found = tried(stages, program, mended, witness="cpu", message="NotImplementedError: Could not run")
    assert (found.verdict, found.reason) == (Verdict.ASSUMED, "what is loaded was saved on cuda:0")


def test_memory_that_nobody_has_written_to(stages: dict[World, Stage]) -> None:
    program = """    import torch
    old = [torch.rand(16) for _ in range(9)]
    del old
    x = «torch.cuda.FloatTensor(16)»
    """
    mended = program.replace("torch.cuda.F", "(torch.cuda if torch.cuda.is_available() else torch).F")
    found = tried(stages, program, mended, witness="cpu", message="TypeError: type torch.cuda.FloatTensor not")
    assert found.verdict is Verdict.DERIVED, found.reason


def test_what_hangs_on_where_tensors_are_is_not_refuted(stages: dict[World, Stage]) -> None:
    """It is the stand-in that cannot be pinned: tensors of the CPU can."""
    program = """    import torch
    def run(batch):
        if «torch.device("cuda:0" if torch.cuda.is_available() else "cpu") == torch.device("cuda")»:
            batch = batch.pin_memory()
    """
    mended = program.replace('== torch.device("cuda")', '.type == "cuda"').replace("if «torch", "if «torch")
    believed = {"cpu": {"batch": tensor("cpu")}, "cuda": {"batch": tensor("cuda")}}
    found = tried(stages, program, mended, witness="cuda", outcome=Outcome.WRONG, **believed)
    assert found.verdict is not Verdict.REFUTED, found.reason


def test_an_object_is_told_with_what_it_holds(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    class Cast:
        def __init__(self, enabled):
            self.enabled, self.inner = enabled, object()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cast = «Cast(device != "cpu")»
    """
    mended = program.replace("Cast(device", "Cast(str(device)")
    found = tried(stages, program, mended, witness="cpu", outcome=Outcome.WRONG)
    assert found.verdict is Verdict.DERIVED, found.reason
    values = [played["cpu"].values["cast"] for played in (found.before, found.after)]
    assert values == ["Cast(enabled=True, inner=object)", "Cast(enabled=False, inner=object)"]


def test_a_method_of_the_instance_whose_value_is_thrown_away(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    class Voice:
        def keep(self, tone):
            self.tone = tone
        def run(self):
            «self.keep(torch.ones(2).cuda())»
    """
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert found.verdict is Verdict.DERIVED, found.reason


def test_what_is_made_of_a_value_that_was_thrown_away(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    def run(device):
        x = torch.ones(2)
        «x.to(device)»
        x = x.int()
        return x
    """
    believed = {world.name: {"device": {"kind": "device", "place": world.device}} for world in WORLDS}
    mended = program.replace("«x.to", "«x = x.to")
    found = tried(stages, program, mended, witness="cuda", outcome=Outcome.WRONG, **believed)
    assert found.verdict.verified, found.reason


def test_a_private_method(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    class _Voice:
        def __tone(self):
            return «torch.ones(2).cuda()»
    """
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert found.verdict is Verdict.DERIVED, found.reason


def test_another_attribute_of_the_same_thing_is_another_matter(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    def gather(size):
        gather.buffer = «torch.cuda.FloatTensor(size)»
        gather.kept = torch.zeros(size, device="cuda")
    """
    mended = program.replace("torch.cuda.F", "(torch.cuda if torch.cuda.is_available() else torch).F")
    message = "TypeError: type torch.cuda.FloatTensor not"
    found = tried(stages, program, mended, witness="cpu", message=message)
    assert found.verdict is Verdict.DERIVED, found.reason
    again = program.replace("gather.kept", "gather.buffer")
    found = tried(stages, again, again.replace("torch.cuda.F", "torch.F"), witness="cpu", message=message)
    assert found.verdict is not Verdict.DERIVED, found.reason


@pytest.mark.parametrize("bases", ["First, Second", "First, Own", "Own, First", "torch.nn.Module, First, Second"])
def test_bases_that_nobody_knows(stages: dict[World, Stage], bases: str) -> None:
    program = f"""\
    import torch
    from library import First, Second
    class Own(Second):
        pass
    class Voice({bases}):
        def run(self):
            x = «torch.ones(2).cuda()»
    """
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert found.verdict is Verdict.DERIVED, found.reason


def test_a_loader_starts_no_workers(stages: dict[World, Stage]) -> None:
    program = """\
    import torch
    loader = torch.utils.data.DataLoader(torch.ones(4, 2), 2, num_workers=2, prefetch_factor=1, persistent_workers=True)
    for batch in loader:
        x = «batch.cuda()»
    """
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert found.verdict is Verdict.DERIVED, found.reason


@pytest.mark.parametrize(
    ("way", "verdict", "reason"),
    [
        ("if options.large:", Verdict.DERIVED, "nothing that stands in has a say in it where `options.large` is true"),
        ("for _ in options.sizes:", Verdict.DERIVED, "where `options.sizes` holds something"),
        # what may hang on the world after all
        ("if options.on_gpu:", Verdict.ASSUMED, "`options.on_gpu` is true"),
        # what the program says leads elsewhere
        ("if path.exists('weights'):", Verdict.ASSUMED, "`path.exists('weights')` is true"),
    ],
)
def test_a_condition_on_the_way(stages: dict[World, Stage], way: str, verdict: Verdict, reason: str) -> None:
    """With its other side nothing gets to the place."""
    program = f"import torch\nfrom os import path\ndef run(options):\n    {way}\n        x = «torch.ones(3).cuda()»\n"
    found = tried(stages, program, program.replace("cuda()", CHOSEN), witness="cpu", message=GUARDED)
    assert (found.verdict, reason in found.reason) == (verdict, True), (found.verdict, found.reason)


@pytest.mark.parametrize(("made", "verdict"), [("rest = rest + [][0]", Verdict.ASSUMED), ("pass", Verdict.REFUTED)])
def test_what_the_program_makes_may_be_nothing_else(stages: dict[World, Stage], made: str, verdict: Verdict) -> None:
    """Arrays are taken in place of what is handed in, not of what a statement makes that only fails here."""
    program = f"""\
    import numpy as np
    def run(options, rest):
        {made or "pass"}
        return np.exp(«rest»)
    """
    mended = program.replace("«rest»", "«rest.cpu()»")
    believed = {"cpu": {"rest": tensor("cpu")}, "cuda": {"rest": tensor("cuda")}}
    found = tried(stages, program, mended, witness="cuda", message="TypeError: can't convert", **believed)
    assert found.verdict is verdict, found.reason


def test_what_another_file_of_the_project_raises(stages: dict[World, Stage], tmp_path: Path) -> None:
    (tmp_path / "places.py").write_text("import torch\ndef place(x):\n    return x.to('cuda:0')\n", encoding="utf-8")
    program = """\
    import torch
    from places import place
    def run():
        device = torch.device("cuda:0")
        x = «place(torch.ones(1)).to(device)»
    """
    mended = program.replace('"cuda:0"', '"cuda:0" if torch.cuda.is_available() else "cpu"')
    setting = Setting(str(tmp_path), "app.py")
    found = tried(stages, program, mended, witness="cpu", message="AssertionError: Torch not compiled", setting=setting)
    assert found.verdict is Verdict.CHECKED
    assert found.reason.endswith("in places.py")
