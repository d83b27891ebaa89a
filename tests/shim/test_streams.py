"""Streams and events of a played machine are torch's own classes."""

from __future__ import annotations

from collections.abc import Callable

Play = Callable[[str, str], None]


def test_streams_are_those_of_torch(played: Play) -> None:
    played(
        "cuda-x2",
        """
        import torch
        from torch.cuda import Event, Stream

        stream = Stream()
        assert isinstance(stream, torch.Stream) and type(stream) is torch.cuda.streams.Stream
        assert repr(stream) == "<torch.cuda.Stream device=cuda:0 cuda_stream=0x1>", stream
        assert repr(torch.cuda.default_stream()) == "<torch.cuda.Stream device=cuda:0 cuda_stream=0x0>"
        assert torch.cuda.current_stream() == torch.cuda.default_stream() != stream
        with torch.cuda.stream(stream):
            assert torch.cuda.current_stream() == stream
            assert torch.accelerator.current_stream().stream_id == stream.stream_id
        assert torch.cuda.current_stream() == torch.cuda.default_stream()
        other = Stream(device="cuda:1")
        assert other.device == torch.device("cuda:1") and torch.cuda.current_device() == 0
        with torch.cuda.stream(other):
            assert torch.cuda.current_device() == 1 and torch.empty(1, device="cuda").device == other.device
        assert torch.cuda.current_device() == 0
        assert torch.cuda.current_stream(1) == torch.cuda.default_stream(1)
        with other:
            assert torch.cuda.current_stream() == other
        assert torch.cuda.current_device() == 0
        stream.wait_stream(other)
        other.wait_event(stream.record_event())
        torch.ones(1, device="cuda").record_stream(stream)
        assert hash(stream) != hash(other) and stream.query()
        assert repr(torch.cuda.ExternalStream(0x50)).endswith("cuda_stream=0x50>")
        """,
    )


def test_events_know_when_they_were_recorded(played: Play) -> None:
    played(
        "cuda",
        """
        import torch

        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        assert isinstance(start, torch.Event) and repr(start) == "<torch.cuda.Event uninitialized>"
        for first, last, text in (
            (start, torch.cuda.Event(), "Both events must be created with argument 'enable_timing=True'."),
            (start, end, "Both events must be recorded before calculating elapsed time."),
        ):
            try:
                first.elapsed_time(last)
            except ValueError as error:
                assert str(error) == text, error
            else:
                raise AssertionError(text)
        start.record()
        torch.ones(3, device="cuda").sum()
        end.record(torch.cuda.current_stream())
        end.synchronize()
        assert start.elapsed_time(end) > 0 > end.elapsed_time(start) and end.query()
        """,
    )


def test_synchronising_finishes_copies_to_the_host(played: Play) -> None:
    played(
        "cuda",
        """
        import torch

        for wait in (torch.cuda.synchronize, torch.cuda.current_stream().synchronize, torch.accelerator.synchronize):
            source = torch.full((3,), 7.0, device="cuda")
            target = torch.zeros(3).pin_memory()
            target.copy_(source, non_blocking=True)
            wait()
            assert target.tolist() == [7.0] * 3
        """,
    )


def test_other_accelerators_have_them_too(played: Play) -> None:
    for world in ("mps", "xpu", "npu"):
        played(
            world,
            """
            import torch

            module = torch.get_device_module()
            start, end = module.Event(enable_timing=True), module.Event(enable_timing=True)
            start.record()
            end.record()
            end.synchronize()
            assert start.elapsed_time(end) > 0 and end.query()
            if module.__name__ != "torch.mps":  # which has no streams
                stream = module.Stream()
                with module.stream(stream):
                    assert module.current_stream() == stream
                assert module.current_stream() != stream
            """,
        )
