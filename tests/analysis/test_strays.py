"""Files of a program that nothing uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Program

BODY = "import torch\n\ndef copy(x):\n    return x.cuda()\n"
FILES = {"main": "import used\nused.copy(1)\n", "used": BODY, "stray": BODY}


@pytest.mark.parametrize("asked", ["main.py", "used.py", "stray.py"])
def test_a_file_beside_others_that_are_imported(files: Callable[..., Program], asked: str) -> None:
    assert files(asked, **FILES).analysis.is_stray(0) is (asked == "stray.py")


@pytest.mark.parametrize(
    "other",
    [
        {"main": "import used, stray\n"},
        {"main": "import used\nPLUGINS = ['stray']\n"},
        {"main": "import used, importlib\nimportlib.import_module(used.name)\n"},
        {"main": "import used\n", "plugins": "import importlib\nimportlib.import_module(input())\n"},
        {"tests___test_stray": "from stray import copy\n"},
        {"stray": BODY + "copy(1)\n"},
        {"stray": BODY + "if __name__ == '__main__':\n    copy(1)\n"},
        {"setup": "from setuptools import setup\nsetup(packages=['.'])\n"},
        {"main": "pass\n"},
    ],
)
def test_it_may_be_used(files: Callable[..., Program], other: dict[str, str]) -> None:
    assert not files("stray.py", **FILES | other).analysis.is_stray(0)


def test_a_setup_that_installs_an_extension_alone(files: Callable[..., Program]) -> None:
    setup = {"setup": "from setuptools import setup\nsetup(ext_modules=[Extension('boxes', ['boxes.pyx'])])\n"}
    assert files("stray.py", **FILES | setup).analysis.is_stray(0)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("losses", "", True),
        ("losses", "if __name__ == '__main__':\n    print(kept(1))\n", False),
        ("losses_test", "", False),
        ("test_losses", "", False),
        ("tests___losses", "", False),
    ],
)
def test_a_function_that_is_called_a_test(files: Callable[..., Program], file: str, text: str, expected: bool) -> None:
    code = BODY.replace("copy", "test") + "\ndef kept(x):\n    return x\n\n# test()\n" + text
    module = file.replace("___", ".")
    others = {"main": f"import {module} as losses\nlosses.kept(1)\n", "other": "def test():\n    pass\n\ntest()\n"}
    found = files(f"{file.replace('___', '/')}.py", **{file: code}, **others)
    assert found.analysis.is_stray(found.text.index("x.cuda")) is expected


def test_modules_that_a_program_names_are_not_looked_for_by_name(files: Callable[..., Program]) -> None:
    named = {"main": "import used, importlib\nimportlib.import_module('used')\n"}
    assert files("stray.py", **FILES | named).analysis.is_stray(0)


@pytest.mark.parametrize(("settings", "expected"), [("", True), ("model: nets.stray.copy\n", False)])
def test_who_imports_by_name_elsewhere(
    files: Callable[..., Program], tmp_path: Path, settings: str, expected: bool
) -> None:
    (tmp_path / "model.yaml").write_text(settings, encoding="utf-8")
    nets = {"nets___used": BODY, "nets___stray": BODY}
    loading = {"util___load": "import importlib\nimportlib.import_module(input())\n"}
    found = files("nets/stray.py", main="from nets import used\nused.copy(1)\n", **nets, **loading)
    assert found.analysis.is_stray(0) is expected


UNUSED = "import torch\n\ndef copy(x):\n    return x.cuda()\n\nclass Kept:\n    def copy(self, x):\n        return x.cuda()\n"
UNUSED += "\ndef other(x):\n    return x\n"
CALLER = "import library\nprint(library.other)\n"


def stray(files: Callable[..., Program], **others: str) -> tuple[bool, bool]:
    """Whether the function and the method of a file are strays that others import."""
    found = files("library.py", **{"library": UNUSED, "main": CALLER, **others})
    places = (found.text.index("x.cuda"), found.text.rindex("x.cuda"))
    function, method = map(found.analysis.is_stray, places)
    return function, method


def test_functions_and_classes_that_nobody_names(files: Callable[..., Program]) -> None:
    assert stray(files) == (True, True)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"main": CALLER + "library.copy(1)\n"}, (False, True)),
        ({"library": UNUSED + "\ndef again(x):\n    return copy(x)\n"}, (True, True)),
        ({"library": UNUSED + "\ndef again(x):\n    return again(copy(x))\n"}, (True, True)),
        ({"library": UNUSED + "\ndef again(x):\n    return copy(x)\n\nagain(1)\n"}, (False, True)),
        ({"library": UNUSED.replace("return x.cuda", "copy(copy)\n    return x.cuda", 1)}, (True, True)),
        ({"main": CALLER + "from library import Kept\nKept()\n"}, (True, True)),
        ({"main": CALLER + "from library import Kept\nKept().copy(1)\n"}, (False, False)),
        ({"main": CALLER + "from library import Kept\ngetattr(Kept(), 'cop' + input())(1)\n"}, (True, False)),
        ({"main": CALLER + "from library import Kept\ngetattr(Kept(), 'run' + input())(1)\n"}, (True, True)),
        ({"main": CALLER + "from library import copy\n"}, (False, True)),
        ({"main": CALLER + "from library import copy as duplicate\n"}, (False, True)),
        ({"main": CALLER + "# copy, Kept\n"}, (True, True)),
        ({"main": CALLER + "HANDLERS = ['copy']\n"}, (False, True)),
        ({"main": CALLER + "def copy(x):\n    return x\n"}, (True, True)),
        ({"main": CALLER + "getattr(library, input())()\n"}, (False, False)),
        ({"main": CALLER + "library.__dict__[input()]()\n"}, (False, False)),
        ({"main": "from library import *\nother(1)\nglobals()[input()]()\n"}, (False, False)),
        ({"main": CALLER + "getattr(object(), input())\n"}, (True, True)),
        ({"main": CALLER + "import importlib\nimportlib.import_module(input())\n"}, (True, True)),
        ({"main": "import importlib\nimportlib.import_module(input()).other\n"}, (True, True)),
        ({"main": "import importlib\ngetattr(importlib.import_module(input()), input())\n# other"}, (False, False)),
        ({"package_____init__": "from library import copy, Kept\n"}, (True, True)),
        ({"package_____init__": "from library import copy, Kept\n__all__ = ['copy', 'Kept']\n"}, (True, True)),
        ({"test_library": "from library import copy\ncopy(1)\n"}, (False, True)),
        ({"setup": "from setuptools import setup\nsetup()\n"}, (False, False)),
        ({"__init__": ""}, (True, False)),
        # nothing beside them is used either
        ({"main": "import library\n"}, (False, False)),
        ({"library": UNUSED.replace("def copy(x)", "@register\ndef copy(x)")}, (False, True)),
        ({"library": UNUSED.replace("class Kept:", "class Kept(Plugin):")}, (True, False)),
        ({"library": UNUSED.replace("class Kept:", "class Kept(metaclass=Registry):")}, (True, False)),
        ({"library": UNUSED.replace("def copy(x)", "def main(x)")}, (False, True)),
    ],
)
def test_who_may_use_them(files: Callable[..., Program], other: dict[str, str], expected: tuple[bool, bool]) -> None:
    assert stray(files, **other) == expected


def test_a_method_of_a_class_that_is_used_in_a_package(files: Callable[..., Program]) -> None:
    used = {"__init__": "", "main": CALLER + "library.Kept()\n"}
    assert stray(files, **used) == (True, True)


INSTALLED = "from setuptools import setup, find_packages\nsetup(packages=find_packages())\n"


@pytest.mark.parametrize(
    ("init", "listed", "setup", "expected"),
    [
        ("", "", INSTALLED, (False, False)),  # its files are imported one by one
        ("from .besides import thing\n", "", INSTALLED, (True, True)),
        ("from .library import other\n", "", INSTALLED, (False, False)),
        ("from .library import *\n", "", INSTALLED, (False, False)),
        ("from . import library\n", "", INSTALLED, (False, False)),
        ("from .library import *\n", "__all__ = ['other', 'Kept']\n", INSTALLED, (True, False)),
        ("", "", "from setuptools import setup\nsetup(packages=['besides'])\n", (True, False)),
        ("", "", "from setuptools import setup\nsetup(packages=['pack', 'besides'])\n", (False, False)),
    ],
)
def test_what_a_package_that_is_installed_hands_out(
    files: Callable[..., Program], init: str, listed: str, setup: str, expected: tuple[bool, bool]
) -> None:
    others = {"pack_____init__": init, "pack___library": listed + UNUSED, "setup": setup}
    others["pack___besides"] = "thing = 1\n"
    found = files("pack/library.py", main="from pack.library import other\nother(1)\n", **others)
    places = (found.text.index("x.cuda"), found.text.rindex("x.cuda"))
    assert tuple(map(found.analysis.is_stray, places)) == expected


@pytest.mark.parametrize("document", ["README.md", "demo.ipynb", "run.sh", "conf/model.yaml"])
def test_a_document_may_tell_somebody(files: Callable[..., Program], tmp_path: Path, document: str) -> None:
    (tmp_path / document).parent.mkdir(exist_ok=True)
    (tmp_path / document).write_text("use library.copy", encoding="utf-8")
    assert stray(files) == (False, True)


def test_a_page_that_lists_a_definition_uses_nothing(files: Callable[..., Program], tmp_path: Path) -> None:
    (tmp_path / "design.md").write_text("class Kept:\n    def copy(self, x)\n", encoding="utf-8")
    assert stray(files) == (True, True)


@pytest.mark.parametrize("name", ["forward", "__call__"])
def test_what_others_call_by_another_name(files: Callable[..., Program], name: str) -> None:
    library = UNUSED.replace("def copy(self", f"def {name}(self")
    used = {"library": library, "main": CALLER + "library.Kept()(1)\n"}
    assert stray(files, **used) == (True, False)


@pytest.mark.parametrize(("importer", "stray"), [("import used\n", True), ("pass\n", False)])
def test_what_a_file_that_is_imported_does_when_it_is_started(
    files: Callable[..., Program], importer: str, stray: bool
) -> None:
    shown = BODY + "if __name__ == '__main__':\n    print(copy(torch.ones(3).cuda()))\n"
    found = files("used.py", **FILES | {"main": importer, "used": shown}).analysis
    assert found.is_stray(shown.index("print")) is stray
    assert not found.is_stray(shown.index("return"))
