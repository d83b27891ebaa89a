"""Files that are loaded, and what the project saves to them."""

from __future__ import annotations

import ast

import pytest

from devlint.analysis import paths
from devlint.analysis.answer import Content
from devlint.analysis.program import Program
from devlint.analysis.project import Project
from devlint.source import Source

SETTINGS = """
    import torch, yaml
    def train(source, folder):
        with open(source) as file:
            settings = yaml.safe_load(file)
        torch.save(settings, folder + "/run" + "_conf.pth")
    """
WEIGHTS = """
    import torch
    from torch import nn
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    def train(folder):
        model = nn.Linear(2, 2).to(device)
        torch.save({"model": model.state_dict(), "epoch": 3}, f"{folder}/speakers.pt")
    """


def content(found, load):
    return found.analysis.archive(found.span(load)).content


def names(path, before=""):
    text = f"import os, glob\n{before}\nopened = {path}\n"
    program = Program(Source.decode(text.encode(), "program.py"), ast.parse(text), "program.py")
    return paths.file_names(Project(), program, program.tree.body[-1].value)


def same(one, other):
    (first,), (second,) = names(one), names(other)
    return paths.may_be_same(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'data/train%d.pth' % i", "'train' + str(i) + '.pth'"),
        ("os.path.join(folder, name + '_conf.pth')", "f'{folder}/run_conf.pth'"),
        ("folder / f'{index}_stats.pt'", "'{}_stats.pt'.format(index)"),
        ("open(os.path.join(folder, 'rng.pt'), 'rb')", "'x/rng.pt'"),
    ],
)
def test_names_of_the_same_files(one, other):
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("name + '_conf.pth'", "name + '_mconf.pth'"),
        ("'train%d.pth' % i", "'test%d.pth' % i"),
        ("path", "other"),
        ("name + '.pth'", "other + '.pth'"),
        ("'model_best.pth'", "'rest_best.pth'"),
    ],
)
def test_names_of_different_files(one, other):
    assert not same(one, other)


def test_a_name_is_followed_to_what_it_was_bound_to_last():
    before = "path = 'first.pt'\nprint(path)\npath = os.path.join('folder', 'second.pt')"
    assert names("path", before) == {("second.pt",)}


def test_a_name_that_a_branch_may_bind_has_both():
    before = "path = 'first.pt'\nif path:\n    path = sorted(glob.glob('second-*.pt'))[-1]"
    assert names("path", before) == {("first.pt",), ("second-", paths.Hole(), ".pt")}


def test_a_function_in_between_binds_its_own_names():
    before = "path = 'first.pt'\ndef other():\n    path = 'second.pt'"
    assert names("path", before) == {("first.pt",)}


def test_settings_that_another_file_saves(files):
    found = files("show.py", train=SETTINGS, show="import torch\nconf = torch.load(where + '_conf.pth')\n")
    assert content(found, "torch.load(where + '_conf.pth')") is Content.HOST


def test_weights_that_another_file_saves(files):
    found = files("show.py", train=WEIGHTS, show="import torch\nstate = torch.load('out/speakers.pt')\n")
    archive = found.analysis.archive(found.span("torch.load('out/speakers.pt')"))
    assert archive.content is Content.ACCELERATOR
    assert [(place.path, place.line) for place in archive.saves] == [("train.py", 7)]


def test_the_file_that_loads_is_named_before_others(files):
    own = WEIGHTS + "\n    state = torch.load('out/speakers.pt')\n"
    found = files("show.py", train=WEIGHTS, show=own)
    archive = found.analysis.archive(found.span("torch.load('out/speakers.pt')"))
    assert [place.path for place in archive.saves] == ["show.py"]


def test_every_save_counts(files):
    other = "import torch\ndef f(model):\n    torch.save(model.state_dict(), 'x_conf.pth')\n"
    show = "import torch\nconf = torch.load(where + '_conf.pth')\n"
    found = files("show.py", train=SETTINGS, other=other, show=show)
    assert content(found, "torch.load(where + '_conf.pth')") is Content.UNKNOWN


def test_a_common_name_means_a_file_beside_it_alone(files):
    script = "import torch\ndef f():\n    torch.save(3, 'model.pt')\n"
    show = "import torch\nstate = torch.load('model.pt')\n"
    beside = files("a/show.py", a___train=script, a___show=show)
    assert content(beside, "torch.load('model.pt')") is Content.HOST


def test_a_common_name_elsewhere_means_nothing(files):
    script = "import torch\ndef f():\n    torch.save(3, 'model.pt')\n"
    show = "import torch\nstate = torch.load('model.pt')\n"
    elsewhere = files("a/show.py", b___train=script, a___show=show)
    assert content(elsewhere, "torch.load('model.pt')") is Content.FOREIGN


@pytest.mark.parametrize(
    ("before", "stored"),
    [
        ("", "{'loss': 0.5, 'names': [str(n) for n in given]}"),
        ("", "(torch.cuda.get_rng_state(), torch.get_rng_state())"),
        ("", "given.cpu()"),
        ("given.cpu()", "given.state_dict()"),
        ("given = given.to('cpu')", "given.state_dict()"),
        ("state = given.cpu().state_dict()", "{'state': state, 'step': args.trainer.step}"),
        ("", "{name: part.cpu() for name, part in given.items()}"),
        ("found = []\n    for part in given:\n        found.append(part.item())", "found"),
        ("for step in range(3):\n        pass", "step"),
        ("", "options()"),
        ("", "vars(args)"),
    ],
)
def test_what_is_on_the_host(program, before, stored):
    found = program(
        "import torch, json\n"
        "def options():\n    return json.load(open('o.json'))\n"
        f"def save(given, args):\n    {before or 'pass'}\n    torch.save({stored}, 'saved.pt')\n"
        "state = torch.load('saved.pt')\n"
    )
    assert content(found, "torch.load('saved.pt')") is Content.HOST


@pytest.mark.parametrize(
    ("before", "stored"),
    [
        ("", "given.state_dict()"),
        ("given.cpu()\n    given.cuda()", "given.state_dict()"),
        ("other.cpu()", "given.state_dict()"),
        ("best = None\n    for part in given:\n        best = part.state_dict()", "best"),
        ("found = {}\n    found['a'] = given", "found"),
        ("", "{'args': args, 'model': given}"),
        ("", "{'state': given.state_dict(), 'step': given.step}"),
        ("", "{'state': given.cpu().state_dict(), 'optimizer': other.state_dict()}"),
        ("moments = other.state_dict()", "{'state': given.cpu().state_dict(), 'optimizer': moments}"),
        ("", "args.model.state_dict()"),
    ],
)
def test_what_may_be_elsewhere(program, before, stored):
    found = program(
        f"import torch\ndef save(given, other, args):\n    {before or 'pass'}\n    torch.save({stored}, 'saved.pt')\n"
        "state = torch.load('saved.pt')\n"
    )
    assert content(found, "torch.load('saved.pt')") is Content.UNKNOWN


@pytest.mark.parametrize(("made", "expected"), [("{}", Content.UNKNOWN), ("json.load(file)", Content.HOST)])
def test_functions_fill_a_container_of_the_module_that_is_made_empty(program, made, expected):
    found = program(
        f"import json, torch\nfound = {made}\ndef change(model):\n    found['a'] = model.cuda()\n"
        "torch.save(found, 'saved.pt')\ndef read():\n    return torch.load('saved.pt')\n"
    )
    assert content(found, "torch.load('saved.pt')") is expected


def test_what_stands_further_up_is_of_this_run(program):
    found = program("import torch\ndef f(x, path):\n    torch.save(x, path)\n    return torch.load(path)\n")
    assert content(found, "torch.load(path)") is Content.HOST


def test_a_buffer_of_a_scripted_module_is_of_this_run(program):
    found = program(
        "import io, torch\ndef f(module):\n    buffer = io.BytesIO()\n    torch.jit.save(module, buffer)\n"
        "    buffer.seek(0)\n    return torch.jit.load(buffer)\n"
    )
    assert content(found, "torch.jit.load(buffer)") is Content.HOST


def test_a_file_that_is_opened_again_is_of_this_run(program):
    found = program(
        "import torch\ndef f(x, args):\n    with open(args.save, 'wb') as file:\n        torch.save(x, file)\n"
        "    with open(args.save, 'rb') as file:\n        return torch.load(file)\n"
    )
    assert content(found, "torch.load(file)") is Content.HOST


@pytest.mark.parametrize("names", ["'train', 'val'", "args.phases"])
def test_a_phase_of_a_loop_is_no_choice_of_the_run(program, names):
    found = program(
        f"import torch\ndef f(x, path, args):\n    for phase in {names}:\n        if phase == 'val':\n"
        "            torch.save(x, path)\n    return torch.load(path)\n"
    )
    assert content(found, "torch.load(path)") is Content.HOST


@pytest.mark.parametrize(
    "body",
    [
        "    y = torch.load(path)\n    torch.save(x, path)\n",  # of the run before
        "    for y in other:\n        if args.phase == 'val':\n            torch.save(x, path)\n    torch.load(path)\n",
        "    if args.train:\n        torch.save(x, path)\n    torch.load(path)\n",
        "    if not exists(path):\n        torch.save(x, path)\n    torch.load(path)\n",
        "    torch.save(x, other)\n    torch.load(path)\n",
        "    for path in other:\n        torch.save(x, path)\n    for path in args:\n        torch.load(path)\n",
    ],
)
def test_what_may_be_of_another_run(program, body):
    found = program(f"import torch\ndef f(x, path, other, args):\n{body}")
    assert content(found, "torch.load(path)") is Content.UNKNOWN


STOPPING = """
    import torch
    class EarlyStopping:
        def __init__(self, delta, save):
            self.best, self.delta, self.saves = None, delta, save
        def __call__(self, score, model, path):
            {before}
            if {condition}:
                self.best = score
                self.save(model, path)
        def save(self, model, path):
            torch.save(model.state_dict(), path + "/" + "checkpoint.pth")
    """
TRAINING = """
    import os, torch
    from tools.stopping import EarlyStopping
    class Experiment:
        def train(self, setting, args):
            path = os.path.join(args.checkpoints, setting)
            stopping = EarlyStopping(args.delta, args.save)
            for epoch in range(9):
                {call}
            best = path + "/" + "checkpoint.pth"
            self.model.load_state_dict(torch.load(best))
        def test(self, setting, args):
            stopping = EarlyStopping(args.delta, args.save)
            path = os.path.join(args.checkpoints, setting)
            self.model.load_state_dict(torch.load(path + "/" + "checkpoint.pth"))
    """


@pytest.mark.parametrize(
    ("call", "condition", "before", "load", "expected"),
    [
        ("stopping(1, self.model, path)", "self.best is None", "", "best", Content.HOST),
        ("stopping(1, self.model, path=path)", "score < self.best", "", "best", Content.HOST),
        ("stopping.save(self.model, path)", "False", "", "best", Content.HOST),
        ("stopping(1, self.model, path)", "self.best is None", "", 'path + "/" + "checkpoint.pth"', Content.UNKNOWN),
        ("stopping(1, self.model, path)", "self.saves", "", "best", Content.UNKNOWN),
        ("stopping(1, self.model, path)", "self.best is None", "if self.saves: return", "best", Content.UNKNOWN),
        ("stopping(1, self.model, path)", "self.best is None", "path = path + '1'", "best", Content.UNKNOWN),
        ("stopping(1, self.model, setting)", "self.best is None", "", "best", Content.UNKNOWN),
        ("if args.save: stopping(1, self.model, path)", "self.best is None", "", "best", Content.UNKNOWN),
        ("later = lambda: stopping(1, self.model, path)", "self.best is None", "", "best", Content.UNKNOWN),
        ("other(1, self.model, path)", "self.best is None", "", "best", Content.UNKNOWN),
    ],
)
def test_what_a_call_further_up_writes_is_of_this_run(files, call, condition, before, load, expected):
    stopping = STOPPING.format(condition=condition, before=before)
    found = files("exp/train.py", exp___train=TRAINING.format(call=call), tools___stopping=stopping)
    assert content(found, f"torch.load({load})") is expected


def test_a_scripted_module_is_not_what_torch_saves(program):
    found = program("import torch\ndef f():\n    torch.save(3, 'speakers.pt')\nm = torch.jit.load('speakers.pt')\n")
    assert content(found, "torch.jit.load('speakers.pt')") is Content.FOREIGN


def test_a_scripted_module_saves_itself(program):
    found = program(
        "import torch\ndef f(net):\n    scripted = torch.jit.trace(net.cuda(), 3)\n    scripted.save('net.pt')\n"
        "def g():\n    return torch.jit.load('net.pt')\n"
    )
    assert content(found, "torch.jit.load('net.pt')") in (Content.UNKNOWN, Content.ACCELERATOR)


@pytest.mark.parametrize("bytes_", ["tensor.cpu().numpy()", "process.stdout"])
def test_bytes_of_the_same_job(program, bytes_):
    found = program(
        f"import io, torch\ndef f(tensor, process):\n    held = io.BytesIO({bytes_})\n    return torch.load(held)\n"
    )
    assert content(found, "torch.load(held)") is Content.HOST


@pytest.mark.parametrize("read", ["held", "held.name"])
def test_a_file_that_is_there_for_a_moment(program, read):
    found = program(
        "import tempfile, torch\ndef f(data):\n    with tempfile.NamedTemporaryFile('r+b') as held:\n"
        f"        held.write(data)\n        return torch.load({read})\n"
    )
    assert content(found, f"torch.load({read})") is Content.HOST


def test_bytes_of_a_file(program):
    found = program("import io, torch\ndef f(file):\n    held = io.BytesIO(file.read())\n    return torch.load(held)\n")
    assert content(found, "torch.load(held)") is Content.UNKNOWN


@pytest.mark.parametrize(
    ("address", "expected"),
    [("'someone/model'", Content.PUBLISHED), ("URLS['a']", Content.PUBLISHED), ("model_id", Content.UNKNOWN)],
)
def test_a_download_from_a_written_address(program, address, expected):
    found = program(
        "import torch\nURLS = {'a': 'https://a.b/c.pt'}\n"
        f"def f(model_id):\n    path = hf_hub_download({address}, 'model.bin')\n    return torch.load(path)\n"
    )
    assert content(found, "torch.load(path)") is expected


FETCHERS = """
from library import download
MODELS = ("a",)

def named(name, root):
    path = f"{root}/{name}.pth"
    download("https://a.b/{}.pth".format(name), path)
    return path

def fixed(name, root):
    return hf_hub_download(repo_id="someone/model", filename=name, cache_dir=root)

def local(name, root):
    return f"{root}/{name}.pth"
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("fetchers.named('a', root)", Content.PUBLISHED),
        ("fetchers.named('a_%s' % kind, root)", Content.PUBLISHED),
        ("fetchers.named(kind, root)", Content.UNKNOWN),
        ("fetchers.fixed(kind, root)", Content.PUBLISHED),
        ("fetchers.local('a', root)", Content.UNKNOWN),
    ],
)
def test_a_download_by_a_function_of_the_project(files, path, expected):
    main = f"import fetchers, torch\ndef f(kind, root):\n    return torch.load({path})\n"
    assert content(files("main.py", main=main, fetchers=FETCHERS), f"torch.load({path})") is expected


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("options = {'dtype': torch.double, 'device': 'cpu'}", Content.HOST),
        ("device = torch.device('cpu')", Content.HOST),
        ("device = torch.device('cpu')\nother = torch.zeros(2, device=chosen)", Content.UNKNOWN),
        ("device = torch.device('cpu')\nif torch.cuda.is_available():\n    device = None", Content.UNKNOWN),
        ("options = {}", Content.UNKNOWN),
    ],
)
def test_what_a_program_saves_that_computes_on_the_cpu_by_its_own_word(files, chosen, expected):
    train = f"import torch\n{chosen}\ndef train(model):\n    torch.save(model, 'bandit_arms.pt')\n"
    found = files("show.py", train=train, show="import torch\nmodel = torch.load('bandit_arms.pt')\n")
    assert content(found, "torch.load('bandit_arms.pt')") is expected


@pytest.mark.parametrize(
    ("show", "expected"),
    [("", Content.HOST), ("model = model.to(device)\n", Content.UNKNOWN)],
)
def test_what_is_loaded_among_programs_that_compute_on_the_cpu(files, show, expected):
    train = "import torch\ndevice = torch.device('cpu')\ndef train(model, path):\n    torch.save(model, path)\n"
    found = files("show.py", train=train, show=f"import sys, torch\nmodel = torch.load(sys.argv[1])\n{show}")
    assert content(found, "torch.load(sys.argv[1])") is expected


@pytest.mark.parametrize(
    "body",
    [
        "torch.load('weights/vgg.pth')",
        "torch.load(os.path.join(ROOT, 'vgg.pth'))",
        "torch.load(os.path.join(torch.hub.get_dir(), 'vgg.pth'))",
        "torch.load(os.path.join(MNIST(ROOT).root, 'training.pt'))",
    ],
)
def test_a_path_that_is_written_down_and_not_written_to(program, body):
    found = program(f"import os, torch\nROOT = '/models'\ndef f():\n    return {body}\n")
    assert content(found, body) is Content.FOREIGN


@pytest.mark.parametrize(
    "body",
    [
        "torch.load(os.path.join(folder, 'vgg.pth'))",
        "torch.load(os.path.join(self.folder, 'vgg.pth'))",
        "torch.load(os.path.join(self.options.folder, 'vgg.pth'))",
        "torch.load(os.path.join(os.environ['HOME'], 'vgg.pth'))",
        "torch.load(os.path.join(parser.parse_args().folder, 'vgg.pth'))",
    ],
)
def test_a_path_in_a_folder_that_somebody_says(program, body):
    found = program(
        "import os, torch\nclass Net:\n    def __init__(self, folder):\n        self.folder = folder\n"
        f"    def f(self, folder, parser):\n        return {body}\n"
    )
    assert content(found, body) is Content.UNKNOWN


def test_a_path_that_a_download_fills_from_where_somebody_says(program):
    found = program(
        "import os, torch\ndef f(url):\n    path = os.path.join(torch.hub.get_dir(), 'net.pth')\n"
        "    download_url(url, filepath=path)\n    return torch.load(path)\n"
    )
    assert content(found, "torch.load(path)") is Content.UNKNOWN


@pytest.mark.parametrize("reading", ["from .config import VGG\n", "from . import config\n"])
def test_a_path_that_another_file_writes_down(files, reading):
    path = "VGG" if "VGG" in reading else "config.VGG"
    net = f"import torch\n{reading}def f():\n    return torch.load({path})\n"
    config = "import os\nROOT = '/models'\nVGG = os.path.join(ROOT, 'vgg.pth')\n"
    found = files("nets/vgg.py", nets___vgg=net, nets___config=config, nets_____init__="")
    assert content(found, f"torch.load({path})") is Content.FOREIGN


TENSORS = """
    import torch
    def save(name, tensor):
        kept = tensor{moved}
        torch.save(kept, "{{}}.0".format(name))
    def compare(one, other):
        return torch.load(one) - torch.load(other)
    def restore(weights, net):
        net.load_state_dict(torch.load(weights))
    """


@pytest.mark.parametrize(
    ("moved", "load", "expected"),
    [
        (".cpu()", "torch.load(other)", Content.HOST),
        (".cuda()", "torch.load(other)", Content.UNKNOWN),
        (".cpu()", "torch.load(weights)", Content.UNKNOWN),
    ],
)
def test_a_file_that_writes_only_from_the_cpu(program, moved, load, expected):
    assert content(program(TENSORS.format(moved=moved)), load) is expected


FOLDER = """
    import os, torch
    def file_of(folder, number):
        return os.path.join(folder, "tensor_{{}}.pt".format(number))
    def save(folder, tensors):
        for i, one in enumerate(tensors):
            torch.save(one{moved}, file_of(folder, i))
    def load(folder, references):
        return [torch.load(file_of(folder, one.number)) for one in references]
    """


@pytest.mark.parametrize(("moved", "expected"), [(".cpu()", Content.HOST), (".cuda()", Content.ACCELERATOR)])
def test_a_path_that_a_function_makes(program, moved, expected):
    found = program(FOLDER.format(moved=moved))
    assert content(found, "torch.load(file_of(folder, one.number))") is expected


@pytest.mark.parametrize(("base", "expected"), [("LoadPlanner", Content.HOST), ("Reader", Content.UNKNOWN)])
def test_a_planner_loads_what_is_no_tensor(program, base, expected):
    found = program(
        f"""
        import torch
        from somewhere import {base}
        class Planner({base}):
            def load_bytes(self, item, value):
                self.kept[item] = torch.load(value)
        """
    )
    assert content(found, "torch.load(value)") is expected


STATISTICS = """
    import numpy, torch
    def collect(features, path, model):
        mean, cov = numpy.mean(features), numpy.cov(features)
        torch.save({stored}, path)
    """
COMPARISON = """
    import torch
    def compare(args):
        stats = torch.load(args.stats)
        return stats["mean"] - stats["cov"]{more}
    """


@pytest.mark.parametrize(
    ("stored", "more", "expected"),
    [
        ("dict(name='a', mean=mean, cov=cov)", "", Content.HOST),
        ("{'mean': mean, 'cov': cov}", "", Content.HOST),
        ("{'mean': mean, 'cov': model.cuda()}", "", Content.ACCELERATOR),
        ("{'mean': mean, 'cov': model}", "", Content.UNKNOWN),
        ("dict(mean=mean)", "", Content.UNKNOWN),
        ("dict(mean=mean, cov=cov)", "+ stats['weights']", Content.UNKNOWN),
        ("dict(mean=mean, cov=cov)", "+ f(stats)", Content.UNKNOWN),
    ],
)
def test_a_file_that_is_told_by_its_keys(files, stored, more, expected):
    comparison = COMPARISON.format(more=more)
    found = files("show/b.py", make___a=STATISTICS.format(stored=stored), show___b=comparison)
    assert content(found, "torch.load(args.stats)") is expected


def test_keys_that_any_checkpoint_has_tell_nothing(files):
    keep = "import torch\ndef f(path):\n    torch.save({'model': 1, 'epoch': 2}, path)\n"
    show = "import torch\ndef f(path):\n    state = torch.load(path)\n    return state['model'], state['epoch']\n"
    assert content(files("b/show.py", a___keep=keep, b___show=show), "torch.load(path)") is Content.UNKNOWN


HIDING = "import torch\nfrom net import Net\ntorch.cuda.is_available = lambda: {}\nNet().load(args.path)\n"
NET = "import torch\nclass Net:\n    def load(self, path):\n        return torch.load(path)\n"


@pytest.mark.parametrize(
    ("available", "other", "expected"),
    [
        (False, "", Content.HOST),
        (True, "", Content.UNKNOWN),
        (False, "from net import Net\nNet().load(path)\n", Content.UNKNOWN),
    ],
)
def test_nothing_from_cuda_is_loaded_where_torch_is_told_that_there_is_none(files, available, other, expected):
    found = files("net.py", net=NET, export=HIDING.format(available), other=other)
    assert content(found, "torch.load(path)") is expected


def test_a_program_that_tells_torch_so_itself(program):
    found = program("import torch\ntorch.cuda.is_available = lambda: False\nstate = torch.load(path)\n")
    assert content(found, "torch.load(path)") is Content.HOST


def test_a_format_that_names_no_devices(program):
    found = program("import torch\ndef f(folder):\n    return torch.load(folder + '/net.safetensors')\n")
    assert content(found, "torch.load(folder + '/net.safetensors')") is Content.HOST


@pytest.mark.parametrize(
    ("given", "more", "expected"),
    [
        ("os.path.join(FOLDER, 'body.pth')", "", Content.FOREIGN),
        ("path=os.path.join(FOLDER, 'body.pth')", "", Content.FOREIGN),
        ("", "", Content.FOREIGN),
        ("args.body", "", Content.UNKNOWN),
        ("*args", "", Content.UNKNOWN),
        ("", "Body(args.body)", Content.UNKNOWN),
        ("", "made = Body", Content.UNKNOWN),
        ("", "torch.save(net, 'pose_of_hands.pth')", Content.UNKNOWN),
    ],
)
def test_a_path_that_every_call_writes_down(files, given, more, expected):
    body = """
        import torch
        class Body:
            def __init__(self, path="models/pose_of_hands.pth"):
                self.path = path
            def load(self):
                return torch.load(self.path)
        """
    start = (
        "import os, torch\nfrom pose.body import Body\nFOLDER = os.path.dirname(__file__)\n"
        f"def start(args, net):\n    {more or 'pass'}\n    return Body({given})\n"
    )
    found = files("pose/body.py", pose___body=body, start=start)
    assert content(found, "torch.load(self.path)") is expected


@pytest.mark.parametrize(("given", "expected"), [("", Content.FOREIGN), ("'other.pth'", Content.UNKNOWN)])
def test_what_is_installed_is_called_by_others(files, tmp_path, given, expected):
    (tmp_path / "setup.py").write_text("from setuptools import setup\nsetup(name='a', packages=['a'])\n")
    body = "import torch\ndef load(path='hands.pth'):\n    return torch.load(path)\n"
    found = files("a/body.py", a_____init__="", a___body=body, a___start=f"from .body import load\nload({given})\n")
    assert content(found, "torch.load(path)") is expected
