"""The ratios of a comparison as bars, drawn as SVG: how many times the CPU seconds of a cold devlint a tool takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape

from peers import COLD
from table import Figure

_LEFT, _WIDTH, _BAR, _HEAD = 250, 560, 16, 34
_FASTER, _SLOWER, _OWN = "#3b7dd8", "#d8843b", "#444444"


def chart(figures: Iterable[Figure]) -> str:
    """One group of bars a corpus, on a logarithmic scale; a bar to the right is slower than devlint."""
    groups: list[tuple[str, list[tuple[str, float]]]] = []
    for corpus, found in groupby(figures, key=lambda figure: figure.corpus):
        rows = [row for row in found if row.runs]
        own = next((row.cpu for row in rows if row.tool == COLD), None)
        if own:
            groups.append((corpus, [(row.tool, row.cpu / own) for row in rows]))
    ratios = [ratio for _, rows in groups for _, ratio in rows] or [1.0]
    low, high = math.floor(math.log10(min(ratios))), math.ceil(math.log10(max(*ratios, 10)))
    scale = _WIDTH / (high - low)
    parts: list[str] = []
    y = 30
    for corpus, rows in groups:
        parts.append(f'<text x="8" y="{y + 18}" font-weight="bold">{escape(corpus)}</text>')
        y += _HEAD - 6
        for tool, ratio in rows:
            parts += _bar(tool, ratio, y, _LEFT - low * scale, scale)
            y += _BAR + 4
        y += 10
    ticks = [
        f'<line x1="{_LEFT + (tick - low) * scale:.1f}" x2="{_LEFT + (tick - low) * scale:.1f}" y1="26" y2="{y}" '
        f'stroke="#cccccc"/><text x="{_LEFT + (tick - low) * scale:.1f}" y="18" text-anchor="middle">'
        f"{10.0**tick:g}x</text>"
        for tick in range(low, high + 1)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 70}" height="{y + 10}" '
        'font-family="sans-serif" font-size="12"><title>CPU seconds, devlint cold = 1x</title>'
        '<rect width="100%" height="100%" fill="white"/>' + "".join((*ticks, *parts)) + "</svg>\n"
    )


def curves(points: dict[str, list[tuple[float, float]]]) -> str:
    """CPU seconds over MB, both logarithmic: what is linear climbs by one square for each."""
    every = [point for found in points.values() for point in found] or [(1.0, 1.0)]
    left, low = (math.floor(math.log10(min(column))) for column in zip(*every, strict=True))
    right, high = (math.ceil(math.log10(max(column))) for column in zip(*every, strict=True))
    side, top = 120, 20
    bottom = top + (high - low) * side

    def at(megabytes: float, seconds: float) -> tuple[float, float]:
        return 60 + (math.log10(megabytes) - left) * side, bottom - (math.log10(seconds) - low) * side

    parts = [
        f'<text x="{60 + (tick - left) * side}" y="{bottom + 16}" text-anchor="middle">{10.0**tick:g} MB</text>'
        f'<path d="M{60 + (tick - left) * side} {top}V{bottom}" stroke="#ccc"/>'
        for tick in range(left, right + 1)
    ]
    parts += [
        f'<text x="54" y="{bottom - (tick - low) * side + 4}" text-anchor="end">{10.0**tick:g} s</text>'
        f'<path d="M60 {bottom - (tick - low) * side}H{60 + (right - left) * side}" stroke="#ccc"/>'
        for tick in range(low, high + 1)
    ]
    for colour, (name, found) in zip((_OWN, _FASTER), points.items(), strict=True):
        places = [at(*point) for point in sorted(found)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if places:
            parts.append(f'<text x="{places[-1][0] + 6:.1f}" y="{places[-1][1]:.1f}">{escape(name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{180 + (right - left) * side}" height="{bottom + 30}" '
        'font-family="sans-serif" font-size="12"><title>CPU seconds over size</title>'
        '<rect width="100%" height="100%" fill="white"/>' + "".join(parts) + "</svg>\n"
    )


def _bar(tool: str, ratio: float, y: int, one: float, scale: float) -> list[str]:
    """A bar from 1x to a ratio, with the tool's name and the figure."""
    end = one + math.log10(ratio) * scale
    colour = _OWN if tool.startswith(COLD) else _SLOWER if ratio > 1 else _FASTER
    left, width = min(one, end), max(abs(end - one), 2)
    return [
        f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(tool)}</text>',
        f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>',
        f'<text x="{left + width + 4:.1f}" y="{y + 12}">{ratio:.2g}</text>',
    ]
