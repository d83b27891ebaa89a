"""Random numbers and their generators."""

import torch
from declaration import CUDA, EVERYWHERE, MPS, PAIR, WITHOUT, Like, case
from outcome import kind, told

GENERATOR = "aten/src/ATen/core/Generator.h: check_generator"
MPS_CPU = Like("RuntimeError: Expected a 'mps(:0)?' (generator device|device type for generator) but found 'cpu'")
CPU_MPS = Like("RuntimeError: Expected a 'cpu' (generator device|device type for generator) but found 'mps(:0)?'")


@case("True False {d}:0", source="docs: manual_seed seeds all devices")
def seeded(d):
    torch.manual_seed(3)
    first, second = torch.randn(2, device=d), torch.randn(2, device=d)
    torch.manual_seed(3)
    return f"{torch.equal(first, torch.randn(2, device=d))} {torch.equal(first, second)} {first.device}"


@case("True", source="docs: each device has its own generator")
def numbers_there_leave_those_of_the_cpu(d):
    torch.manual_seed(3)
    here = torch.rand(2)
    torch.manual_seed(3)
    torch.rand(2, device=d)
    return str(torch.equal(here, torch.rand(2)))


@case("True 1 {d}", source="torch/csrc/Generator.cpp")
def generator_of_ones_own(d):
    first, second = (torch.Generator(device=d).manual_seed(1) for _ in range(2))
    same = torch.equal(torch.rand(3, device=d, generator=first), torch.rand(3, device=d, generator=second))
    return f"{same} {first.initial_seed()} {first.device.type}"


@case("True True", source="torch/csrc/Generator.cpp")
def state_of_a_generator(d):
    generator = torch.Generator(device=d).manual_seed(1)
    state = generator.get_state()
    before = torch.rand(3, device=d, generator=generator)
    generator.set_state(state)
    return f"{torch.equal(before, torch.rand(3, device=d, generator=generator))} {state.is_cpu}"


@case("RuntimeError: Expected a '{d}' device type for generator but found 'cpu'", source=GENERATOR, mps=MPS_CPU)
def generator_of_the_cpu(d):
    return kind(torch.randn(2, device=d, generator=torch.Generator()))


@case("RuntimeError: Expected a '{d}' device type for generator but found 'cpu'", source=GENERATOR, mps=MPS_CPU)
def generator_of_the_cpu_in_place(d):
    return kind(torch.empty(2, device=d).normal_(generator=torch.Generator()))


@case("RuntimeError: Expected a '{d}' device type for generator but found 'cpu'", source=GENERATOR, mps=MPS_CPU)
def generator_of_the_cpu_for_integers(d):
    return kind(torch.randint(0, 9, (2,), device=d, generator=torch.Generator()))


@case("RuntimeError: Expected a '{d}' device type for generator but found 'cpu'", source=GENERATOR, mps=MPS_CPU)
def generator_of_the_cpu_for_sampling(d):
    return kind(torch.multinomial(torch.ones(4, device=d), 2, generator=torch.Generator()))


@case("RuntimeError: Expected a 'cpu' device type for generator but found '{d}'", source=GENERATOR, mps=CPU_MPS)
def generator_there_for_the_cpu(d):
    return kind(torch.randn(2, generator=torch.Generator(device=d)))


@case(
    "RuntimeError: Expected a 'cpu' generator device but found '{d}:0'",
    source="aten/src/ATen/native/TensorFactories.cpp: randperm",
    mps=CPU_MPS,
    npu=Like("RuntimeError: Expected a 'cpu' generator device but found 'npu(:0)?'"),
)
def generator_there_for_a_permutation_of_the_cpu(d):
    return kind(torch.randperm(4, generator=torch.Generator(device=d)))


@case("[0, 1, 2, 3] {d}:0 int64", source="docs: randperm")
def permutation(d):
    made = torch.randperm(4, device=d)
    return f"{sorted(made.tolist())} {made.device} {str(made.dtype)[6:]}"


@case("True True True {d}:0", source="docs: the ranges of rand, randint and normal")
def ranges(d):
    uniform, whole = torch.rand(100, device=d), torch.randint(3, 5, (100,), device=d)
    inside = bool(((uniform >= 0) & (uniform < 1)).all())
    return (
        f"{inside} {set(whole.tolist()) == {3, 4}} {torch.randn(100, device=d).abs().max().item() > 1} {whole.device}"
    )


@case("{d}:0 [2] | {d}:0 float32 [2] [1.0, 0.0] | True", source="values as on the CPU, 2.13")
def sampling(d):
    drawn = torch.multinomial(torch.ones(4, device=d), 2)
    certain = torch.tensor([1.0, 0.0], device=d).bernoulli()
    return f"{drawn.device} {list(drawn.shape)} | {told(certain)} | {len(set(drawn.tolist())) == 2}"


@case("{d}:0 {d}:0 True", source="torch/distributions")
def distributions(d):
    normal = torch.distributions.Normal(torch.zeros(2, device=d), 1.0)
    chosen = torch.distributions.Categorical(torch.ones(2, 3, device=d)).sample()
    return f"{normal.sample().device} {chosen.device} {bool((normal.log_prob(torch.zeros(2, device=d)) < 0).all())}"


@case("True 5", source="torch/cuda/random.py", scope=CUDA)
def state_of_the_default_generator(d):
    state = torch.cuda.get_rng_state()
    first = torch.rand(2, device=d)
    torch.cuda.set_rng_state(state)
    second = torch.rand(2, device=d)
    torch.cuda.manual_seed_all(5)
    return f"{torch.equal(first, second)} {torch.cuda.initial_seed()}"


@case("16", source="aten/src/ATen/cuda/CUDAGeneratorImpl.cpp: seed and offset", scope=CUDA)
def size_of_the_state(d):
    return str(len(torch.cuda.get_rng_state()))


@case("True True", source="torch/random.py: fork_rng", scope=CUDA)
def states_are_put_back(d):
    torch.manual_seed(3)
    with torch.random.fork_rng():
        torch.rand(2), torch.rand(2, device=d)
    here, there = torch.rand(2), torch.rand(2, device=d)
    torch.manual_seed(3)
    return f"{torch.equal(here, torch.rand(2))} {torch.equal(there, torch.rand(2, device=d))}"


@case("2 cuda:0 cuda:1", source="torch/cuda/random.py", scope=PAIR)
def states_of_two_devices(d):
    assert len(torch.cuda.get_rng_state_all()) == 2
    return f"{len(torch.cuda.default_generators)} {' '.join(str(g.device) for g in torch.cuda.default_generators)}"


@case("True 3", source="torch/mps/__init__.py", scope=MPS)
def seed_of_mps(d):
    torch.mps.manual_seed(3)
    state = torch.mps.get_rng_state()
    first = torch.rand(2, device=d)
    torch.mps.set_rng_state(state)
    return f"{torch.equal(first, torch.rand(2, device=d))} 3"


@case("3", source="torch/cuda/random.py: a seed waits for CUDA; measured on both builds", scope=WITHOUT)
def seeding_without_cuda(d):
    torch.cuda.manual_seed(3)
    torch.cuda.manual_seed_all(3)
    torch.manual_seed(3)
    return str(torch.initial_seed())


@case("cpu float32 [2] [0.758, 0.279]", source="measured on the CPU build, 2.13", scope=EVERYWHERE)
def numbers_of_the_cpu(d):
    return told(torch.rand(2, generator=torch.Generator().manual_seed(1)))
