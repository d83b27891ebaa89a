"""Optimizers, schedulers and what they keep."""

import copy

import torch
from declaration import ACCELERATED, Like, case
from outcome import agrees, devices, told
from torch import nn, optim

OPTIMIZER = "torch/optim/optimizer.py"
KEPT = ACCELERATED.without(
    "npu", "plug-in devices are not in TensorImpl's dense backends: Module.to replaces parameters"
)
AS_ON_CPU = "values of the CPU, same torch"


def _trained(device, make, steps=4):
    """The loss after some steps, the model, and its optimizer."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    x = torch.randn(16, 4)
    y = x.sum(1, keepdim=True).to(device)
    model, x = model.to(device), x.to(device)
    optimizer = make(model.parameters())
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    return loss, model, optimizer


def _kept(optimizer):
    return devices(value for state in optimizer.state.values() for value in state.values())


def trains(name, kept, make):
    """A case: the loss after four steps is the CPU's, and the state is kept on these devices."""

    def run(d):
        there, _, optimizer = _trained(d, make)
        here, _, _ = _trained("cpu", make)
        return f"{agrees(there, here)}, state on {_kept(optimizer)}".rstrip()

    run.__name__ = name
    case(f"{{d}}:0 as on cpu, state on {kept}".rstrip(), source=f"{OPTIMIZER}, torch/optim/{name.split('_')[0]}.py")(
        run
    )


trains("sgd_plain", "", lambda p: optim.SGD(p, 0.05))
trains("sgd_momentum", "{d}:0", lambda p: optim.SGD(p, 0.05, momentum=0.9, nesterov=True))
trains("sgd_one_by_one", "{d}:0", lambda p: optim.SGD(p, 0.05, momentum=0.9, foreach=False))
trains("adam_default", "cpu {d}:0", lambda p: optim.Adam(p, 0.05))
trains("adam_amsgrad", "cpu {d}:0", lambda p: optim.Adam(p, 0.05, amsgrad=True))
trains("adamw_decay", "cpu {d}:0", lambda p: optim.AdamW(p, 0.05, weight_decay=0.1))
trains("adamw_foreach", "cpu {d}:0", lambda p: optim.AdamW(p, 0.05, foreach=True))
trains("rmsprop_centered", "cpu {d}:0", lambda p: optim.RMSprop(p, 0.01, centered=True))
trains("adagrad_default", "cpu {d}:0", lambda p: optim.Adagrad(p, 0.05))
trains("nadam_default", "cpu {d}:0", lambda p: optim.NAdam(p, 0.05))
trains("radam_default", "cpu {d}:0", lambda p: optim.RAdam(p, 0.05))
trains("adamax_default", "cpu {d}:0", lambda p: optim.Adamax(p, 0.05))
trains("adadelta_default", "cpu {d}:0", lambda p: optim.Adadelta(p, 0.5))


@case(
    "{d}:0 as on cpu, state on {d}:0",
    source=f"{OPTIMIZER}: _get_fused_supported_devices",
    npu=Like(r"npu:0 as on cpu, state on npu:0|RuntimeError: `fused=True` requires all the params to be .*"),
)
def adamw_fused(d):
    def make(parameters):
        return optim.AdamW(parameters, 0.05, fused=True)

    there, _, optimizer = _trained(d, make)
    return f"{agrees(there, _trained('cpu', make)[0])}, state on {_kept(optimizer)}"


@case(
    "{d}:0 as on cpu, state on {d}:0",
    source="torch/optim/adam.py: capturable keeps the step on the device",
    mps=Like("AssertionError: If capturable=True, params and state_steps must be on supported devices: .*"),
    npu=Like("npu:0 as on cpu, state on npu:0|AssertionError: If capturable=True, params and state_steps must .*"),
)
def adam_capturable(d):
    there, _, optimizer = _trained(d, lambda p: optim.Adam(p, 0.05, capturable=True))
    here, _, _ = _trained("cpu", lambda p: optim.Adam(p, 0.05))
    return f"{agrees(there, here)}, state on {_kept(optimizer)}"


@case("{d}:0 as on cpu", source="torch/optim/lbfgs.py")
def lbfgs(d):
    def solve(device):
        x = torch.zeros(2, device=device, requires_grad=True)
        optimizer = optim.LBFGS([x], max_iter=5)

        def closure():
            optimizer.zero_grad()
            loss = ((x - 3) ** 2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        return x

    return agrees(solve(d), solve("cpu"))


@case("{d}:0 float32 [1] [0.9] cpu", source=f"{OPTIMIZER}: parameters are the same objects after Module.to", scope=KEPT)
def optimizer_made_before_the_move(d):
    model = nn.Linear(1, 1, bias=False)
    nn.init.ones_(model.weight)
    optimizer = optim.SGD(model.parameters(), 0.1)
    place = optimizer.param_groups[0]["params"][0].device
    model.to(d)
    model(torch.ones(1, 1, device=d)).backward()
    optimizer.step()
    return f"{told(model.weight.flatten())} {place}"


@case("{d}:0 float32 [1, 1] [1.0] | {d}:0", source=f"{OPTIMIZER}: state is cast to its parameter's device on loading")
def state_loaded_from_the_cpu(d):
    here = nn.Linear(1, 1, bias=False)
    first = optim.SGD(here.parameters(), 0.1, momentum=0.9)
    here(torch.ones(1, 1)).backward()
    first.step()
    there = copy.deepcopy(here).to(d)
    second = optim.SGD(there.parameters(), 0.1, momentum=0.9)
    second.load_state_dict(first.state_dict())
    (state,) = second.state.values()
    return told(state["momentum_buffer"], there.weight.device)


@case("cpu {d}:0 4.0", source=f"{OPTIMIZER}: step stays where it is unless capturable or fused")
def step_loaded_from_the_cpu(d):
    _, here, first = _trained("cpu", lambda p: optim.Adam(p, 0.05))
    there = copy.deepcopy(here).to(d)
    second = optim.Adam(there.parameters(), 0.05)
    second.load_state_dict(first.state_dict())
    state = next(iter(second.state.values()))
    return f"{state['step'].device} {state['exp_avg'].device} {state['step'].item()}"


@case("{d}:0 cpu", source=f"{OPTIMIZER}: state is made where the parameter is then", scope=KEPT)
def state_does_not_follow_the_model(d):
    _, model, optimizer = _trained("cpu", lambda p: optim.SGD(p, 0.05, momentum=0.9), steps=1)
    model.to(d)
    state = next(iter(optimizer.state.values()))
    return f"{model[0].weight.device} {state['momentum_buffer'].device}"


@case(
    "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, {d}:0 and cpu!",
    source="aten/src/ATen/native/ForeachUtils.h: without the fast route each is added; TensorIterator.cpp",
    scope=KEPT,
)
def step_with_state_left_on_the_cpu(d):
    _, model, optimizer = _trained("cpu", lambda p: optim.SGD(p, 0.05, momentum=0.9), steps=1)
    model.to(d)
    model(torch.ones(1, 4, device=d)).sum().backward()
    optimizer.step()
    return "stepped"


@case("True True {d}:0", source=OPTIMIZER)
def gradients_set_to_zero(d):
    model = nn.Linear(1, 1).to(d)
    optimizer = optim.SGD(model.parameters(), 0.1)
    model(torch.ones(1, 1, device=d)).backward()
    optimizer.zero_grad(set_to_none=False)
    zero = model.weight.grad.item() == 0
    place = model.weight.grad.device
    optimizer.zero_grad()
    return f"{zero} {model.weight.grad is None} {place}"


@case("[0.1, 0.05, 0.05, 0.025]", source="torch/optim/lr_scheduler.py")
def scheduler(d):
    optimizer = optim.SGD(nn.Linear(1, 1).to(d).parameters(), 0.1)
    schedule = optim.lr_scheduler.MultiStepLR(optimizer, [1, 3], gamma=0.5)
    rates = []
    for _ in range(4):
        rates.append(round(optimizer.param_groups[0]["lr"], 4))
        optimizer.step()
        schedule.step()
    return str(rates)


@case("0.01 3", source="torch/optim/lr_scheduler.py: ReduceLROnPlateau takes float(metrics)")
def scheduler_of_a_tensor_there(d):
    optimizer = optim.SGD(nn.Linear(1, 1).to(d).parameters(), 0.1)
    schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    for loss in (1.0, 2.0, 0.5):
        schedule.step(torch.tensor(loss, device=d))
    return f"{round(optimizer.param_groups[0]['lr'], 4)} {schedule.last_epoch}"


@case("{d}:0 float32 [1, 1] [0.8] 0.2", source="torch/optim/optimizer.py: a rate may be a tensor")
def rate_as_a_tensor(d):
    model = nn.Linear(1, 1, bias=False).to(d)
    nn.init.ones_(model.weight)
    optimizer = optim.SGD(model.parameters(), torch.tensor(0.2), foreach=False)
    model(torch.ones(1, 1, device=d)).backward()
    optimizer.step()
    return f"{told(model.weight)} {round(optimizer.param_groups[0]['lr'].item(), 3)}"


@case("{d}:0 cpu True", source="torch/optim/swa_utils.py: the count is made on the CPU unless a device is given")
def averaged_weights(d):
    model = nn.Linear(1, 1).to(d)
    averaged = optim.swa_utils.AveragedModel(model)
    averaged.update_parameters(model)
    same = torch.equal(averaged.module.weight, model.weight)
    return f"{averaged.module.weight.device} {averaged.n_averaged.device} {same}"


@case("{d}:0 float32 [2] [2.0, 2.0] | {d}:0 float32 [] [2.0]", source="aten/src/ATen/native/ForeachOpsKernels.cpp")
def operators_over_lists(d):
    several = [torch.ones(2, device=d), torch.ones(1, device=d)]
    torch._foreach_add_(several, 1.0)
    return told(several[0], torch._foreach_norm(several)[1])
