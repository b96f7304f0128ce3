"""Cost against size as a picture: lines on logarithmic axes, where what is linear rises at 45 degrees."""

from html import escape
from math import floor, log10

WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 300, 50, 60
COLOURS = ("#4338ca", "#c2410c", "#0f766e", "#a21caf", "#b45309")
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2937 }
.title { font-size: 17px; font-weight: 600 } .grid { stroke: #d1d5db } .linear { stroke: #9ca3af; stroke-dasharray: 4 5 }
.back { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e7eb } .grid { stroke: #374151 } .linear { stroke: #6b7280 } .back { fill: #111827 } }
"""


def draw(sizes: list[int], lines: dict[str, list[float]]) -> str:
    """An SVG; ``lines`` has for each name a value for each size."""
    values = [value for line in lines.values() for value in line]
    across = _scale(sizes, LEFT, WIDTH - RIGHT)
    up = _scale(values, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f'<title>Cost against size</title><style>{STYLE}</style><rect class="back" width="100%" height="100%"/>',
        f'<text class="title" x="{LEFT}" y="28">Cost against size: one room, one core</text>',
        *_grid(sizes, values, across, up),
        *_linear(sizes, values, across, up),
    ]
    labels = _apart(sorted((up(line[-1]), name) for name, line in lines.items()))
    for colour, (name, line) in zip(COLOURS, lines.items()):
        points = " ".join(f"{across(n):.1f},{up(value):.1f}" for n, value in zip(sizes, line))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [
            f'<circle cx="{across(n):.1f}" cy="{up(value):.1f}" r="4" fill="{colour}"/>'
            for n, value in zip(sizes, line)
        ]
        parts.append(
            f'<text x="{WIDTH - RIGHT + 14}" y="{labels[name] + 5:.1f}" style="fill:{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def _grid(sizes: list[int], values: list[float], across, up) -> list[str]:
    parts = []
    for n in sizes:
        x = across(n)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{n:,}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">players</text>')
    for power in range(floor(log10(min(values))), floor(log10(max(values))) + 1):
        value = 10.0**power
        if value < min(values):
            continue
        y = up(value)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 10}" y="{y + 5:.1f}" text-anchor="end">{value:g}</text>')
    return parts


def _linear(sizes: list[int], values: list[float], across, up) -> list[str]:
    """What costs so much for each player would run along these."""
    parts = []
    for start in range(floor(log10(min(values))) - 3, floor(log10(max(values))) + 1):
        ends = [(n, 10.0**start * n / sizes[0]) for n in (sizes[0], sizes[-1])]
        (x1, low), (x2, high) = ends
        clipped_low, clipped_high = max(low, min(values)), min(high, max(values))
        if clipped_low < clipped_high:
            x1, x2 = sizes[0] * clipped_low / low, sizes[0] * clipped_high / low
            parts.append(
                f'<line class="linear" x1="{across(x1):.1f}" y1="{up(clipped_low):.1f}" '
                f'x2="{across(x2):.1f}" y2="{up(clipped_high):.1f}"/>'
            )
    return parts


def _scale(values: list, start: float, end: float):
    low, high = log10(min(values)), log10(max(values))
    return lambda value: start + (end - start) * (log10(value) - low) / (high - low)


def _apart(labels: list[tuple[float, str]]) -> dict[str, float]:
    """Heights of the labels, none over another."""
    placed, before = {}, -100.0
    for y, name in labels:
        before = placed[name] = max(y, before + 20)
    return placed
