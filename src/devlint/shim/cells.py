"""Recurrent cells that accelerators compute in one kernel, and the CPU in several (ATen/native/cuda/RNN.cu)."""

from __future__ import annotations

import torch
from torch import Tensor

from devlint.shim import checks
from devlint.shim.dispatch import Kernel
from devlint.shim.operators import known, operators
from devlint.shim.simulation import Simulation


def kernels(simulation: Simulation) -> dict[str, Kernel]:
    """The kernels by operator."""
    cells = _Cells(simulation)
    return {
        "_thnn_fused_lstm_cell": cells.lstm,
        "_thnn_fused_lstm_cell_backward_impl": cells.lstm_backward,
        "_thnn_fused_gru_cell": cells.gru,
        "_thnn_fused_gru_cell_backward": cells.gru_backward,
    }


class _Cells:
    """Gates come as products with the input and with the hidden state; a workspace keeps what going back needs."""

    def __init__(self, simulation: Simulation) -> None:
        self._machine = simulation.machine
        self._host, self._new = simulation.retyping.host, simulation.retyping.device

    def _results(self, like: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(self._new(tensor, like.device.index) for tensor in tensors)

    def _check(self, name: str, *operands: Tensor | None) -> None:
        if len({operand.device for operand in operands if operand is not None}) > 1:
            checks.refuse(self._machine, operators()[name], known(name), operands, {})

    def lstm(
        self, input_gates: Tensor, hidden_gates: Tensor, cx: Tensor,
        input_bias: Tensor | None = None, hidden_bias: Tensor | None = None,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        self._check("_thnn_fused_lstm_cell", input_gates, hidden_gates, cx, input_bias, hidden_bias)
        gates = self._host(input_gates) + self._host(hidden_gates)
        for bias in (input_bias, hidden_bias):
            if bias is not None:
                gates = gates + self._host(bias)
        entering, forgetting, cell, leaving = gates.chunk(4, 1)
        entering, forgetting, leaving = entering.sigmoid(), forgetting.sigmoid(), leaving.sigmoid()
        cell = cell.tanh()
        cy = forgetting * self._host(cx) + entering * cell
        workspace = torch.cat([entering, forgetting, cell, leaving], 1)
        return self._results(input_gates, leaving * cy.tanh(), cy, workspace)

    def lstm_backward(
        self, grad_hy: Tensor | None, grad_cy: Tensor | None, cx: Tensor, cy: Tensor, workspace: Tensor, has_bias: bool
    ) -> tuple[Tensor, ...]:
        entering, forgetting, cell, leaving = self._host(workspace).chunk(4, 1)
        before, squashed = self._host(cx), self._host(cy).tanh()
        grad_cell = torch.zeros_like(before) if grad_cy is None else self._host(grad_cy)
        grad_leaving = torch.zeros_like(leaving)
        if grad_hy is not None:
            grad = self._host(grad_hy)
            grad_leaving = grad * squashed * leaving * (1 - leaving)
            grad_cell = grad_cell + grad * leaving * (1 - squashed * squashed)
        gates = torch.cat(
            [
                grad_cell * cell * entering * (1 - entering),
                grad_cell * before * forgetting * (1 - forgetting),
                grad_cell * entering * (1 - cell * cell),
                grad_leaving,
            ],
            1,
        )
        bias = gates.sum(0) if has_bias else torch.empty(0)
        return self._results(workspace, gates, grad_cell * forgetting, bias)

    def gru(
        self, input_gates: Tensor, hidden_gates: Tensor, hx: Tensor,
        input_bias: Tensor | None = None, hidden_bias: Tensor | None = None,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        self._check("_thnn_fused_gru_cell", input_gates, hidden_gates, hx, input_bias, hidden_bias)
        from_input, from_hidden, before = self._host(input_gates), self._host(hidden_gates), self._host(hx)
        if input_bias is not None and hidden_bias is not None:
            from_input, from_hidden = from_input + self._host(input_bias), from_hidden + self._host(hidden_bias)
        reset_in, update_in, new_in = from_input.chunk(3, 1)
        reset_hidden, update_hidden, new_hidden = from_hidden.chunk(3, 1)
        reset, update = (reset_in + reset_hidden).sigmoid(), (update_in + update_hidden).sigmoid()
        new = (new_in + reset * new_hidden).tanh()
        workspace = torch.cat([reset, update, new, before, new_hidden], 1)
        return self._results(input_gates, new + update * (before - new), workspace)

    def gru_backward(self, grad_hy: Tensor, workspace: Tensor, has_bias: bool) -> tuple[Tensor, ...]:
        reset, update, new, before, new_hidden = self._host(workspace).chunk(5, 1)
        grad = self._host(grad_hy)
        grad_update = grad * (before - new) * (1 - update) * update
        grad_new = grad * (1 - update) * (1 - new * new)
        grad_reset = grad_new * new_hidden * (1 - reset) * reset
        from_input = torch.cat([grad_reset, grad_update, grad_new], 1)
        from_hidden = torch.cat([grad_reset, grad_update, grad_new * reset], 1)
        biases = [gates.sum(0) if has_bias else torch.empty(0) for gates in (from_input, from_hidden)]
        return self._results(workspace, from_input, from_hidden, grad * update, *biases)
