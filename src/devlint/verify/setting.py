"""In what a slice is run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Setting:
    """As the file ``path`` of the project at ``root`` (None: its other files are stood in for), of which ``texts`` are
    not as they are stored. Conditions and loops that are ``forced`` go the way to the place of the slice; ``is_given``
    says that somebody gives parameters which are None by default, variables of the environment, and what a launcher of
    processes says to each, and wants no gradients;
    ``rank`` is how many dimensions a tensor has of which nothing else is known, ``whole`` that it holds whole numbers.
    Of a subject that is ``varied``
    something else is assumed than of itself, by its number; tensors and modules that stand in may be ``moved`` to
    another device."""

    root: str | None
    path: str
    texts: dict[str, str] = field(default_factory=dict)
    forced: tuple[str, ...] = ()
    is_given: bool = False
    rank: int = 2
    whole: bool = False
    varied: tuple[str, int] | None = None
    moved: bool = False
