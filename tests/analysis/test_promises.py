"""Which programs offer a way without CUDA."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

FILES = {
    "main": "import torch\nfrom net import Net\nnet = Net().cuda()\n",
    "evaluate": "import torch\nfrom net import Net\nnet = Net().cuda()\n",
    "net": "from torch import nn\nclass Net(nn.Module):\n    def forward(self, x):\n        return x.cuda()\n",
    "other": "import torch\nprint(torch.cuda.is_available())\n",
}
PARSER = "import argparse, torch\nparser = argparse.ArgumentParser()\n"


def alone(asked: str, files: Callable[..., Program], **code: str) -> set[str]:
    program = files(asked, **{**FILES, **code}).analysis
    return {found.from_root for found in program.project.promises.of_cuda_alone(program.program)}


@pytest.mark.parametrize("asked", ["main.py", "evaluate.py", "net.py"])
def test_scripts_that_share_a_module_are_one(files: Callable[..., Program], asked: str) -> None:
    assert alone(asked, files) == {"main.py", "evaluate.py", "net.py"}


@pytest.mark.parametrize(
    "code",
    [
        "assert torch.cuda.is_available()\n",
        "if not torch.cuda.is_available():\n    raise SystemExit('needs a GPU')\n",
        "if not torch.cuda.is_available():\n    print('needs a GPU')\n    sys.exit(1)\n",
        "if torch.cuda.device_count() > 1:\n    net = nn.DataParallel(net)\n",
        "workers = torch.cuda.device_count()\n",
        "device = torch.device('cuda', rank) if args.num_gpus > 1 else None\n",
        "half = torch.cuda.is_bf16_supported()\n",
        "state = torch.load('net.pth', map_location='cpu')\n",
        "loss = net(x).detach().cpu()\n",
        PARSER + "parser.add_argument('--gpu', type=int)\nprint(parser.parse_args().gpu)\n",
        PARSER + "parser.add_argument('--cpu', action='store_true')\nparser.parse_args()\nx.cpu()\n",
    ],
)
def test_what_offers_none(files: Callable[..., Program], code: str) -> None:
    assert alone("net.py", files, main=FILES["main"] + code) == {"main.py", "evaluate.py", "net.py"}


@pytest.mark.parametrize(
    "code",
    [
        "if torch.cuda.is_available():\n    net = net.cuda()\n",
        "device = 'cuda' if torch.cuda.is_available() else 'cpu'\n",
        "if torch.cuda.device_count() > 0:\n    net.cuda()\n",
        "if use_gpu:\n    net.cuda()\n",
        "if num_gpus > 0:\n    net.cuda()\n",
        "net = net.cuda() if args.cuda else net\n",
        "if x.is_cuda:\n    y = y.cuda()\n",
        "if device == 'cpu':\n    net.float()\nelse:\n    net.to('cuda')\n",
        PARSER + "parser.add_argument('--device', default='cuda')\nnet.to(parser.parse_args().device)\n",
        PARSER + "parser.add_argument('--no-cuda', action='store_true')\nprint(parser.parse_args().no_cuda)\n",
    ],
)
@pytest.mark.parametrize("asked", ["main.py", "net.py"])
def test_one_twin_that_is_guarded_promises_it_for_all_it_uses(
    files: Callable[..., Program], asked: str, code: str
) -> None:
    assert not alone(asked, files, main=FILES["main"] + code)


def test_what_a_script_imports_and_its_importers(files: Callable[..., Program]) -> None:
    used = {
        "net": FILES["net"] + "import torch\ndef to_gpu(x):\n    if torch.cuda.is_available():\n        x = x.cuda()\n"
    }
    assert not alone("main.py", files, **used)
    assert alone("evaluate.py", files, main=FILES["main"] + "if use_gpu:\n    net.cuda()\n") == {"evaluate.py"}


def test_a_package_that_is_installed(files: Callable[..., Program]) -> None:
    package = {"pack_____init__": "", "pack___net": FILES["net"], "setup": "setup(packages=['pack'])\n"}
    assert not alone("pack/net.py", files, **package)
    assert alone("main.py", files, **package) == {"main.py", "evaluate.py", "net.py"}
    package["setup"] = "setup(packages=['pack'], ext_modules=[CUDAExtension('kernel', ['kernel.cu'])])\n"
    assert alone("pack/net.py", files, **package) == {"pack/net.py"}


REFUSAL = "    if not torch.cuda.is_available():\n        sys.exit('needs a GPU')\n"
CHOOSING = {
    "net": FILES["net"] + "import torch\ndef to_gpu(x):\n    return x.cuda() if torch.cuda.is_available() else x\n"
}


@pytest.mark.parametrize(
    "script",
    [
        f"def main():\n{REFUSAL}    Net().cuda()\nif __name__ == '__main__':\n    main()\n",
        f"if __name__ == '__main__':\n{REFUSAL}    Net().cuda()\n",
        f"def run():\n{REFUSAL}    return Net().cuda()\nif __name__ == '__main__':\n    net = run()\n",
    ],
)
def test_what_only_scripts_that_refuse_get_to(files: Callable[..., Program], script: str) -> None:
    refusing = "import sys, torch\nfrom net import Net\n" + script
    assert alone("net.py", files, **CHOOSING, main=refusing, evaluate=refusing) == {"net.py", "main.py", "evaluate.py"}


@pytest.mark.parametrize(
    "script",
    [
        "if __name__ == '__main__':\n    Net().cuda()\n",
        f"def unused():\n{REFUSAL}\nif __name__ == '__main__':\n    Net().cuda()\n",
    ],
)
def test_what_another_script_gets_to(files: Callable[..., Program], script: str) -> None:
    start = "import sys, torch\nfrom net import Net\n"
    refusing = start + f"if __name__ == '__main__':\n{REFUSAL}    Net().cuda()\n"
    assert not alone("net.py", files, **CHOOSING, main=refusing, evaluate=start + script)


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        ("", True),
        ("def load(path, device='cuda'):\n    if device != 'cuda':\n        path += device\n", True),
        ("def load(x):\n    if x.device != torch.device('cuda'):\n        x = x.to(torch.device('cuda'))\n", True),
        ("def load(x, device):\n    if device != 'cuda':\n        x = x.to(device)\n", False),
        ("def load(x):\n    if torch.cuda.is_available():\n        x = x.cuda()\n", False),
    ],
)
@pytest.mark.parametrize("script", ["Net().cuda()\n", "device = torch.device('cuda', rank)\nNet().to(device)\n"])
def test_what_is_chosen_far_from_a_script_that_needs_cuda(
    files: Callable[..., Program], script: str, imported: str, expected: bool
) -> None:
    """What the files that it imports import in turn may be for others."""
    far = {"far": CHOOSING["net"], "net": "import far, torch\n" + FILES["net"] + imported}
    start = "import torch\nfrom net import Net, load\n"
    assert bool(alone("main.py", files, **far, main=start + script, evaluate="")) is expected


def test_a_setup_that_installs_an_extension_alone(files: Callable[..., Program]) -> None:
    package = {"pack_____init__": "", "pack___net": FILES["net"], "main": "from pack.net import Net\nNet().cuda()\n"}
    setup = "setup(name='pack', ext_modules=[Extension('boxes', ['boxes.pyx'])])\n"
    assert alone("pack/net.py", files, **package, setup=setup) == {"pack/net.py", "main.py"}


def test_a_star_that_means_its_own_file(files: Callable[..., Program]) -> None:
    """What is not there to be imported is looked for in the package itself."""
    package = {"pack_____init__": "from .net import *\nfrom .gone import *\n", "pack___net": FILES["net"]}
    script = "from pack import Net, Gone\nNet().cuda()\n"
    assert alone("train.py", files, **package, train=script, main="", evaluate="") == {
        "train.py",
        "pack/__init__.py",
        "pack/net.py",
    }


def test_a_folder_that_scripts_put_on_the_path(files: Callable[..., Program]) -> None:
    nets = {"lib___nets_____init__": "", "lib___nets___net": FILES["net"]}
    script = "import sys\nsys.path.insert(0, '../lib')\nfrom nets.net import Net\nNet().cuda()\n"
    assert alone("lib/nets/net.py", files, **nets, tools___train=script) == {"lib/nets/net.py", "tools/train.py"}


LIBRARY = {
    "pack_____init__": "from pack.places import *\nfrom pack.net import Net\n",
    "pack___places": "import torch\ndef place(x):\n    return x.cuda() if torch.cuda.is_available() else x\nHERE = place(0)\n",
    "pack___net": "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x.cuda() if x.is_cuda else x\n",
    "setup": "setup(packages=['pack'])\n",
}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import pack\npack.Net().cuda()\n", True),
        ("from pack import *\nNet().cuda()\n", True),
        ("from pack.net import Net\nNet().cuda()\n", True),
        ("import pack\npack.place(pack.Net())\n", False),
        ("from pack.places import place\nplace(1)\n", False),
        ("from pack import *\nplace(Net())\n", False),
        ("import pack\nnet = pack.Net().cuda()\nprint(net.device)\n", False),
        ("import pack, torch\npack.Net().cuda()\nprint(torch.cuda.is_available())\n", False),
    ],
)
def test_a_choice_of_the_library_beside_a_script(files: Callable[..., Program], script: str, expected: bool) -> None:
    asked = {"main": "import model\n" + script, "model": "import torch\nnet = torch.zeros(3).cuda()\n"}
    assert ("model.py" in alone("model.py", files, **LIBRARY, **asked)) is expected
