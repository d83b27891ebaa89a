"""What the files of a project say of each other."""

from __future__ import annotations

import pytest

from devlint.analysis.answer import Guard, Span
from devlint.analysis.modules import Modules
from devlint.analysis.value import Kind

CUDA = {"cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2"}


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        ("from shared import ready", "ready"),
        ("from shared import *", "ready"),
        ("import shared", "shared.ready"),
        ("import shared as settings", "settings.ready"),
        ("from . import shared", "shared.ready"),
        ("from .shared import ready as sure", "sure"),
    ],
)
def test_a_flag_of_another_file_decides(files, statement, use):
    shared = "import torch\nready = torch.cuda.is_available()\n"
    found = files("main.py", shared=shared, main=f"{statement}\nimport torch\nif {use}:\n    boom()\n")
    assert found.reached("boom()") == CUDA


def test_a_name_is_followed_through_files_that_hand_it_on(files):
    found = files(
        "app/main.py",
        **{"app/__init__": ""},
        app___main="from app.api import pick\ndevice = pick()\nprint(device)\n",
        app___api="from .devices import pick\n",
        app___devices="""
            import torch
            from .limits import allowed
            def pick():
                if torch.cuda.is_available() and allowed():
                    return torch.device("cuda:0")
                return torch.device("cpu")
            """,
        app___limits="def allowed():\n    return True\n",
    )
    assert found.places("device", "cuda") == {"cuda"}
    assert found.places("device", "cpu") == {"cpu"}


def test_a_class_has_what_its_base_in_another_file_stores(files):
    found = files(
        "model.py",
        base="""
            import torch
            from torch import nn
            class Base(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.table = torch.zeros(3)
                def look(self, x):
                    return self.table
            """,
        model="""
            from base import Base
            class Model(Base):
                def forward(self, x):
                    held = self.look(x)
                    return held, self.table
            """,
    )
    assert {value.kind for value in found.value("self.table")} == {Kind.TENSOR}
    assert found.places("self.table") == {"cpu"}
    assert found.places("held") == {"cpu"}
    assert found.places("x") == {"cuda"}


def test_files_that_import_each_other(files):
    found = files(
        "one.py",
        one="import two\nimport torch\nready = torch.cuda.is_available()\nif two.sure():\n    boom()\n",
        two="import one\ndef sure():\n    return one.ready\n",
    )
    assert found.reached("boom()") == CUDA


def test_a_switch_of_another_file_is_no_constant(files):
    found = files(
        "main.py",
        settings="debug = False\nlimit = 0\n",
        main="from settings import debug, limit\nif debug or limit:\n    boom()\n",
    )
    assert found.reached("boom()") == {world.name for world in found.analysis.worlds}


def test_worlds_share_an_evaluation_unless_a_file_asks_for_what_tells_them_apart(files):
    found = files(
        "main.py",
        main="from shared import wanted\nif wanted:\n    boom()\nelse:\n    rest()\n",
        shared="import os\nwanted = os.environ.get('use_cuda', None)\n",
    )
    assert found.reached("boom()") >= {"cuda-requested", "cuda-cpu-requested"}  # "0" is true
    assert found.reached("rest()") >= {"cuda", "cpu"}
    assert not found.reached("boom()") & found.reached("rest()")


def test_what_cannot_be_read_or_parsed_is_unknown(files):
    found = files("main.py", broken="def (", main="from broken import thing\nfrom missing import other\nthing, other\n")
    assert {value.kind for value in found.value("thing")} == {Kind.LIBRARY}


class TestModules:
    @pytest.fixture
    def modules(self, tmp_path):
        for name in (
            "package/__init__.py package/inner/__init__.py package/inner/part.py package/part.py "
            "src/other/__init__.py scripts/tool.py scripts/part.py spaced/deep/leaf.py torch/nn.py a.b/c.py"
        ).split():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return Modules(tmp_path)

    @pytest.mark.parametrize(
        ("name", "importer", "absolute"),
        [
            (".part", "package/inner/x.py", "package.inner.part"),
            ("..part", "package/inner/x.py", "package.part"),
            (".part", "package/__init__.py", "package.part"),
            ("....part", "package/x.py", None),
            ("package.part.f", "scripts/tool.py", "package.part.f"),
            ("other.f", "scripts/tool.py", "src.other.f"),
            ("part", "scripts/tool.py", "scripts.part"),
            ("part", "package/x.py", "package.part"),  # a changed sys.path, at last
            ("spaced.deep.leaf.f", "scripts/tool.py", "spaced.deep.leaf.f"),
            ("spaced.nothing", "scripts/tool.py", None),
            ("torch.nn", "scripts/tool.py", None),
            ("os.path", "scripts/tool.py", None),
            ("unheard", "scripts/tool.py", None),
            (".c", "a.b/x.py", None),
        ],
    )
    def test_absolute(self, modules, name, importer, absolute):
        assert modules.absolute(name, importer) == absolute

    @pytest.mark.parametrize(
        ("name", "member"),
        [
            ("package.part.f.g", ("package/part.py", "f.g")),
            ("package.thing", ("package/__init__.py", "thing")),
            ("package.inner", ("package/inner/__init__.py", "")),
            ("nothing.at.all", None),
        ],
    )
    def test_member(self, modules, name, member):
        assert modules.member(name) == member


def test_an_attribute_that_others_set_is_not_what_its_class_says(files):
    found = files(
        "main.py",
        engine="class Engine:\n    def __init__(self):\n        self.ready = None\n",
        main="""
            from engine import Engine
            engine = Engine()
            print(engine.ready)
            def prepare(one):
                one.ready = True
            """,
    )
    assert {value.kind for value in found.value("engine.ready")} == {Kind.UNKNOWN}


GUARDED = """
    import torch
    from work import step
    def main():
        if not torch.cuda.is_available():
            raise SystemExit("no GPU")
        step(torch.zeros(3))
    main()
    """


class TestCallers:
    """What is known of a place that would be reported: ``boom()`` stands for it."""

    def informed(self, files, **code):
        found = files("work.py", **code)
        with found.analysis.asking_callers([world.name for world in found.analysis.worlds]):
            return found.reached("boom()"), found.places("x", "cuda")

    WORK = "import torch\ndef step(x):\n    boom()\n    return x\n"

    def test_a_guard_that_the_only_caller_passes(self, files):
        assert self.informed(files, work=self.WORK, main=GUARDED) == (CUDA, {"cpu"})

    def test_callers_are_asked_only_for_the_sake_of_a_finding(self, files):
        found = files("work.py", work=self.WORK, main=GUARDED)
        assert "cpu" in found.reached("boom()")

    def test_one_caller_without_the_guard(self, files):
        other = "from work import step\nstep(None)\n"
        reached, places = self.informed(files, work=self.WORK, main=GUARDED, other=other)
        assert "cpu" in reached
        assert places == {None}  # one of them hands over what says nothing

    @pytest.mark.parametrize(("accelerator", "reached"), [("gpu", False), ("auto", True)])
    def test_methods_of_what_a_framework_refuses_to_make(self, files, accelerator, reached):
        main = f"""
            from lightning.fabric import Fabric
            from work import step
            class Lite(Fabric):
                def run(self, x):
                    step(x)
            if __name__ == "__main__":
                Lite(accelerator="{accelerator}").run(1)
            """
        assert ("cpu" in self.informed(files, work=self.WORK, main=main)[0]) == reached

    def test_nobody_calls(self, files):
        reached, places = self.informed(files, work=self.WORK)
        assert "cpu" in reached
        assert places == {None}

    def test_callers_of_callers(self, files):
        middle = "from work import step\ndef between(x):\n    step(x)\n"
        main = GUARDED.replace("from work import step", "from middle import between as step")
        assert self.informed(files, work=self.WORK, middle=middle, main=main)[0] == CUDA

    def test_a_process_that_is_started(self, files):
        main = GUARDED.replace("step(torch.zeros(3))", "torch.multiprocessing.spawn(step, nprocs=2)")
        reached, places = self.informed(files, work=self.WORK, main=main)
        assert reached == CUDA
        assert places == {None}

    def test_tests_do_not_count(self, files):
        test = "import torch\nfrom work import step\nif torch.cuda.is_available():\n    step(1)\n"
        assert "cpu" in self.informed(files, work=self.WORK, tests___test_work=test)[0]

    def test_a_framework_calls_what_is_decorated(self, files):
        work = self.WORK.replace("def step", "@app.command()\ndef step")
        assert "cpu" in self.informed(files, work=work, main=GUARDED)[0]

    def test_a_method_of_an_object_that_is_known(self, files):
        work = "class Work:\n    def step(self, x):\n        boom()\n        return x\n"
        main = GUARDED.replace("import step", "import Work").replace("step(", "Work().step(")
        assert self.informed(files, work=work, main=main) == (CUDA, {"cpu"})

    def test_a_method_of_that_name_of_nobody_knows_what(self, files):
        work = "class Work:\n    def step(self, x):\n        boom()\n        return x\n"
        main = GUARDED.replace("import step", "import Work").replace("step(", "Work().step(")
        other = "def go(thing):\n    thing.step(1)\n"
        # built behind the guard all the same
        assert self.informed(files, work=work, main=main, other=other)[0] == CUDA

    def test_a_class_that_is_built_behind_a_guard(self, files):
        work = "class Work:\n    def __init__(self, x):\n        boom()\n        self.x = x\n"
        main = GUARDED.replace("import step", "import Work").replace("step(", "Work(")
        assert self.informed(files, work=work, main=main)[0] == CUDA

    def test_an_annotation_is_no_reference(self, files):
        work = "class Work:\n    def step(self, x):\n        boom()\n        return x\n"
        other = "from work import Work\ndef go(work: Work) -> Work: ...\n"
        assert "cpu" in self.informed(files, work=work, other=other)[0]

    def test_what_no_machine_reaches_says_nothing(self, files):
        main = "from work import step\nraise SystemExit\nstep(1)\n"
        assert "cpu" in self.informed(files, work=self.WORK, main=main)[0]

    def test_the_settings_of_a_caller_close_no_branch(self, files):
        work = "import torch\ndef step(x):\n    if x == 'v3':\n        boom()\n    return x\n"
        assert "cpu" in self.informed(files, work=work, main="from work import step\nstep('v4')\n")[0]

    def test_another_implementation_than_torch_is_no_guard(self, files):
        main = "from work import step\ndef main(backend):\n    if backend == 'torch':\n        step(1)\n"
        assert "cpu" in self.informed(files, work=self.WORK, main=main)[0]

    def test_one_process_is_no_guard(self, files):
        main = """
            import torch
            from work import step
            def main(options):
                if options.distributed_run:
                    assert torch.cuda.is_available()
                step(1)
            """
        assert "cpu" in self.informed(files, work=self.WORK, main=main)[0]

    TEMPLATE = """
        import torch
        class Task:
            def __init__(self):
                self.log = None
            def start(self):
                self.log = torch.zeros(3)
            def show(self):
                self.step({given})
        class Own(Task):
            def step(self, x):
                boom()
                return x.data.numpy()
        """

    def test_a_base_calls_what_a_class_derived_from_it_is_there_for(self, files):
        assert self.informed(files, work=self.TEMPLATE.replace("{given}", "self.log"))[1] == {"cpu", None}

    def test_what_nobody_has_set_yet_says_nothing(self, files):
        assert "cpu" not in self.informed(files, work=self.TEMPLATE.replace("{given}", "None"))[1]

    def test_a_function_that_is_used_everywhere(self, files):
        main = GUARDED.replace("step(torch.zeros(3))", "[" + "step(0), " * 60 + "]")
        assert "cpu" in self.informed(files, work=self.WORK, main=main)[0]


class TestSubsystems:
    """What is known of a whole file when something in it would be reported."""

    def guards(self, files, **code):
        found = files("engine___part.py".replace("___", "/"), **code)
        with found.analysis.asking_callers([world.name for world in found.analysis.worlds]):
            return found.guards("boom()", "cpu")

    PART = "import torch\nboom()\ndef step():\n    boom()\n"

    def test_a_file_that_needs_an_engine_through_another_file(self, files):
        part = "from engine.kernels import fused\n" + self.PART
        assert self.guards(files, engine___part=part, engine___kernels="import triton\n") == {Guard.CONTRACT}

    def test_an_engine_that_may_be_missing_is_not_needed(self, files):
        part = "from engine.kernels import fused\n" + self.PART
        kernels = "try:\n    import triton\nexcept ImportError:\n    triton = None\n"
        assert self.guards(files, engine___part=part, engine___kernels=kernels) == set()

    def test_a_file_that_is_imported_behind_an_option(self, files):
        main = "def main(args):\n    if args.backend == 'vllm':\n        from engine.part import step\n        step()\n"
        assert self.guards(files, engine___part=self.PART, main=main) == {Guard.DEVICE}

    def test_a_file_that_is_imported_where_there_is_cuda(self, files):
        main = "import torch\nif torch.cuda.is_available():\n    import engine.part\n"
        assert self.guards(files, engine___part=self.PART, main=main) == {Guard.CONTRACT}

    def test_a_file_that_is_imported_by_such_a_file_alone(self, files):
        main = "import torch\nif torch.cuda.is_available():\n    import engine.all\n"
        assert self.guards(files, engine___part=self.PART, engine___all="from . import part\n", main=main) == {
            Guard.CONTRACT
        }

    def test_one_import_without_the_option(self, files):
        main = "def main(args):\n    if args.backend == 'vllm':\n        from engine.part import step\n        step()\n"
        assert (
            self.guards(files, engine___part=self.PART, main=main, other="from engine.part import *\nstep()\n") == set()
        )


def test_a_name_that_is_none_where_it_is_declared_is_bound_from_elsewhere(files):
    found = files(
        "main.py",
        state="device = None\nlimit = None if True else 3\n",
        start="import state\nstate.device = pick()\n",
        main="import state, torch\ndef f():\n    torch.zeros(3, device=state.device), state.limit\n",
    )
    assert found.places("torch.zeros(3, device=state.device)") == {"cuda"}
    assert {value.kind for value in found.value("state.limit")} == {Kind.NONE}


def test_a_package_that_gives_names_on_demand(files):
    package = """
        def __getattr__(name):
            return load(name)
        """
    code = {
        "package/__init__": package,
        "package/devices": "import torch\ndef pick():\n    return torch.cuda.is_available()\n",
    }
    found = files("main.py", main="from package import pick\nif pick():\n    boom()\n", **code)
    assert found.reached("boom()") == CUDA


class TestDefaults:
    LOAD = 'def load(path, device="cuda"):\n    return place(path, device)\n'

    def left(self, files, **code):
        """Who leaves the device of ``load`` to its default without a GPU, by file."""
        found = files("kit/loading.py", **{"kit/__init__": ""} | code, kit___loading=self.LOAD)
        left = found.analysis.left_to_default(found.span('"cuda"'), [found.world("cpu")])
        return {world.name: [place.path for place in places] for world, places in left.items()}

    def test_a_call_in_another_file_relies_on_it(self, files):
        assert [*self.left(files, main="from kit.loading import load\nload('a')\n")] == ["cpu"]

    @pytest.mark.parametrize(
        ("use", "worlds"),
        [
            ("x = x.to(kind)", ["cpu"]),
            ("x = place(x, torch_device=kind)", ["cpu"]),
            ("x = torch.load(x, kind)", ["cpu"]),
            ("assert kind in ('ref', 'cuda')\n    if kind == 'cuda' and x.is_cuda:\n        x = fast(x)", []),
            ("x = other(x, kind=kind)", []),
        ],
    )
    def test_a_text_under_another_name_is_a_device_where_one_is_taken(self, files, use, worlds):
        code = f"import torch\ndef load(x, kind='cuda'):\n    {use}\n    return x\nload(1)\n"
        found = files("main.py", main=code)
        left = found.analysis.left_to_default(
            Span(code.index("'cuda'"), code.index("'cuda'") + 6), [found.world("cpu")]
        )
        assert [world.name for world in left] == worlds

    def test_also_by_way_of_an_attribute(self, files):
        code = """
            class Engine:
                def __init__(self, where="cuda"):
                    self.where = where

                def move(self, x):
                    return x.to(self.where)

            Engine().move(x)
            """
        found = files("main.py", main=code)
        assert found.analysis.left_to_default(found.span('"cuda"'), [found.world("cpu")])

    def test_a_call_that_gives_it_does_not(self, files):
        assert self.left(files, main="from kit.loading import load\nload('a', 'cpu')\nload('a', **options)\n") == {}

    def test_a_guarded_call_does_not(self, files):
        main = "import torch\nfrom kit.loading import load\nif torch.cuda.is_available():\n    load('a')\n"
        assert self.left(files, main=main) == {}

    def test_what_a_package_hands_on_is_called_by_others(self, files):
        assert self.left(files, **{"kit/__init__": "from .loading import load\n"}) == {"cpu": []}
        assert self.left(files) == {}


@pytest.mark.parametrize(
    ("base", "call", "ignored"),
    [
        ("torch.nn.Module", "Packed(3)", False),
        ("torch.nn.Module", "Packed(3, 'cuda')", True),
        ("torch.nn.Module", "Packed(3), Packed(3, **options)", True),
        ("torch.nn.Module", "print()", True),
        ("object", "Packed(3)", True),
    ],
)
def test_a_module_that_is_made_without_a_device_goes_where_its_owner_does(files, base, call, ignored):
    code = f"""
        import torch
        class Packed({base}):
            def __init__(self, size, device=None):
                super().__init__()
                self.weight = torch.empty(size)
        """
    found = files("packed.py", packed=code, main=f"from packed import Packed\n{call}\n")
    start = found.text.index("__init__")
    assert bool(found.analysis.ignored_parameters(Span(start, start + len("__init__")))) is ignored
