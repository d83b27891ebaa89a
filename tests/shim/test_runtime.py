"""torch's own modules answer for the played machine."""

from __future__ import annotations

from collections.abc import Callable

Play = Callable[[str, str], None]


def test_cuda_is_found(played: Play) -> None:
    played(
        "cuda-x2",
        """
        import torch

        assert torch.cuda.is_available() and torch.cuda.device_count() == torch.accelerator.device_count() == 2
        assert torch.backends.cuda.is_built() and torch.backends.cudnn.is_available() and torch.version.cuda
        assert torch.backends.cudnn.enabled
        assert not torch.cuda.is_initialized()
        assert torch.cuda.get_device_capability(1) == (8, 0) and torch.cuda.is_bf16_supported()
        assert torch.cuda.get_device_properties("cuda:1").total_memory == torch.cuda.mem_get_info(1)[1]
        assert torch.cuda.is_initialized()
        for call, kind, text in (
            (lambda: torch.cuda.get_device_name(2), AssertionError, "Invalid device id"),
            (lambda: torch.cuda.set_device(2), torch.AcceleratorError, "CUDA error: invalid device ordinal"),
            (lambda: torch.ones(1, device="cuda:2"), torch.AcceleratorError, "CUDA error: invalid device ordinal"),
        ):
            try:
                call()
            except kind as error:
                assert str(error).startswith(text), error
            else:
                raise AssertionError(text)
        with torch.cuda.device(1):
            assert torch.cuda.current_device() == 1 and torch.ones(1).cuda().device.index == 1
        assert torch.cuda.current_device() == torch.accelerator.current_device_index() == 0
        assert torch.cuda.nvtx.range_push("a") == 0 and torch.cuda.nvtx.range_pop() == 0
        """,
    )


def test_memory_is_counted(played: Play) -> None:
    played(
        "cuda",
        """
        import torch

        before = torch.cuda.memory_allocated()
        held = torch.zeros(1000, device="cuda")
        assert torch.cuda.memory_allocated() - before == 4000 == torch.accelerator.memory_allocated() - before
        del held
        assert torch.cuda.memory_allocated() == before and torch.cuda.max_memory_allocated() >= before + 4000
        torch.cuda.reset_peak_memory_stats()
        assert torch.cuda.max_memory_allocated() == before
        assert "PyTorch CUDA memory summary" in torch.cuda.memory_summary()
        try:
            torch.empty(17 << 30, dtype=torch.uint8, device="cuda")
        except torch.OutOfMemoryError as error:
            assert "CUDA out of memory" in str(error)
        else:
            raise AssertionError("there are 16 GiB")
        """,
    )


def test_a_forked_process_may_not_use_it(played: Play) -> None:
    played(
        "cuda",
        """
        import os, torch

        torch.ones(1, device="cuda")
        child = os.fork()
        if not child:
            try:
                torch.ones(1, device="cuda")
            except RuntimeError as error:
                os._exit(0 if str(error).startswith("Cannot re-initialize CUDA in forked subprocess.") else 3)
            os._exit(4)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        """,
    )


def test_a_process_forked_before_may(played: Play) -> None:
    played(
        "cuda",
        """
        import os, torch

        child = os.fork()
        if not child:
            os._exit(0 if torch.ones(1, device="cuda").item() == 1 else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        """,
    )


def test_types_of_tensors(played: Play) -> None:
    played(
        "cuda",
        """
        import torch

        x = torch.ones(2)
        assert x.type(torch.cuda.FloatTensor).device.type == x.type("torch.cuda.LongTensor").device.type == "cuda"
        assert isinstance(x.cuda(), torch.cuda.FloatTensor) and not isinstance(x, torch.cuda.FloatTensor)
        assert x.cuda().type() == "torch.cuda.FloatTensor" and x.type() == "torch.FloatTensor"
        assert torch.cuda.FloatTensor([1, 2]).tolist() == [1, 2] and torch.cuda.LongTensor(2, 3).shape == (2, 3)
        torch.set_default_device("cuda")
        torch.set_default_tensor_type(torch.FloatTensor)
        assert torch.empty(1).is_cuda, "what was chosen otherwise stays"
        torch.set_default_device(None)
        torch.set_default_tensor_type(torch.cuda.DoubleTensor)
        assert torch.empty(1).is_cuda and torch.empty(1).dtype is torch.float64
        torch.set_default_tensor_type(torch.FloatTensor)
        assert not torch.empty(1).is_cuda and torch.empty(1).dtype is torch.float32
        """,
    )


def test_data_parallel(played: Play) -> None:
    played(
        "cuda-x2",
        """
        import torch

        torch.manual_seed(0)
        model = torch.nn.Linear(3, 2)
        x = torch.randn(5, 3)
        expected = model(x)
        parallel = torch.nn.DataParallel(model.cuda())
        result = parallel(x)
        assert result.device == torch.device("cuda:0") and torch.allclose(result.cpu(), expected)
        result.sum().backward()
        assert model.weight.grad.device == torch.device("cuda:0")
        """,
    )


def test_other_accelerators_are_found(played: Play) -> None:
    for kind in ("mps", "xpu", "npu"):
        played(
            kind,
            f"""
            import torch

            module = torch.{kind}
            assert module.is_available() and module.device_count() == 1 and not torch.cuda.is_available()
            assert torch.get_device_module() is module and str(torch.accelerator.current_accelerator()) == {kind!r}
            module.manual_seed(3)
            first = torch.randn(2, device={kind!r})
            torch.manual_seed(3)
            assert torch.equal(first.cpu(), torch.randn(2, device={kind!r}).cpu())
            state = module.get_rng_state()
            first = torch.randn(2, device={kind!r})
            module.set_rng_state(state)
            assert torch.equal(first.cpu(), torch.randn(2, device={kind!r}).cpu())
            module.synchronize()
            module.empty_cache()
            """,
        )
