"""Storages, pinned memory and generators of a played machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Play = Callable[[str, str], None]


@pytest.mark.parametrize("world", ["cuda", "mps", "xpu", "npu"])
def test_storages_move_and_are_copied(played: Play, world: str) -> None:
    played(
        world,
        """
        import copy, io, torch

        kind = torch.accelerator.current_accelerator().type
        tensor = torch.arange(4.0, device=kind)
        storage = tensor.untyped_storage()
        for made in (storage.clone(), copy.copy(storage), copy.deepcopy(storage), storage.cpu().to(device=kind),
                     getattr(storage.cpu(), kind)(), torch.UntypedStorage(16, device=kind)):
            assert made.device == torch.device(kind, 0) and made.nbytes() == 16
            assert made.data_ptr() != storage.data_ptr()
        assert storage.to(device=torch.device(kind, 0)) is storage
        assert copy.deepcopy(tensor).tolist() == [0, 1, 2, 3] and copy.deepcopy(tensor).device == tensor.device
        shared = copy.deepcopy([tensor, tensor[1:]])
        assert (shared[0].data_ptr() + 4 == shared[1].data_ptr()) is (kind != "mps"), "torch/_tensor.py: __deepcopy__"
        file = io.BytesIO()
        torch.save(tensor, file)
        for where, device in ((None, kind), ("cpu", "cpu"), (kind, kind)):
            file.seek(0)
            assert torch.load(file, map_location=where).device.type == device
        """,
    )


def test_pinned_memory_is_marked(played: Play) -> None:
    played(
        "cuda",
        """
        import torch
        from torch.utils.data import DataLoader

        def says(call, text):
            try:
                call()
            except RuntimeError as error:
                assert str(error) == text, error
            else:
                raise AssertionError(text)

        assert torch.ones(2).pin_memory().is_pinned() and torch.empty(3, pin_memory=True)[1:].is_pinned()
        assert not torch.ones(2).is_pinned() and not torch.ones(2, device="cuda").is_pinned()
        assert next(iter(DataLoader(range(4), batch_size=2, pin_memory=True))).is_pinned()
        says(torch.ones(2, device="cuda").pin_memory,
             "cannot pin 'torch.cuda.FloatTensor' only dense CPU tensors can be pinned")
        says(lambda: torch.zeros(2, device="cuda", pin_memory=True), "Only dense CPU tensors can be pinned")
        """,
    )


def test_generators_are_of_one_device(played: Play) -> None:
    played(
        "cuda-x2",
        """
        import torch

        generator = torch.Generator(device="cuda:1")
        assert isinstance(generator, torch.Generator) and generator.device == torch.device("cuda:1")
        assert isinstance(torch.Generator(), torch.Generator) and torch.Generator().device.type == "cpu"
        state = generator.get_state()
        first = torch.rand(3, device="cuda:1", generator=generator)
        generator.set_state(state)
        assert torch.equal(first, torch.rand(3, device="cuda:1", generator=generator))
        try:
            torch.rand(3, device="cuda", generator=torch.Generator())
        except RuntimeError as error:
            assert str(error) == "Expected a 'cuda' device type for generator but found 'cpu'", error
        else:
            raise AssertionError("the generator of the CPU was taken")
        before = torch.get_rng_state()
        torch.rand(3, device="cuda")
        assert torch.equal(before, torch.get_rng_state()), "the numbers of the CPU are its own"
        assert len(torch.cuda.get_rng_state_all()) == len(torch.cuda.default_generators) == 2
        """,
    )
