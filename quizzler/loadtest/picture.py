"""The picture: how long acknowledgements and questions took, as two histograms over one scale, in SVG.

It is a file of its own: no script, no font that it brings along, colours for a light and a dark page.
"""

from math import ceil, floor, log10
from textwrap import wrap
from xml.sax.saxutils import escape

from msgspec import Struct

from quizzler.loadtest.figures import Figures, Latency, Samples
from quizzler.loadtest.plan import BURST
from quizzler.loadtest.verdict import NO, YES, Verdict, counted, span

WIDTH, MARGIN = 960, 44
LEFT, RIGHT = MARGIN + 58, WIDTH - MARGIN
# As wide as the letters of the widest of the typefaces.
TITLE_CHARACTERS, TITLE_LINE, TITLE_TOP = 58, 32, 66
DETAIL_CHARACTERS, DETAIL_LINE = 96, 22
PANEL_HEAD, PANEL_HEIGHT, PANEL_GAP = 84, 170, 44
MARK_LINE, MARK_WIDTH = 18, 150
BINS_PER_DECADE = 12
# Of the scale at least, in decades: a few milliseconds apart are no mountains.
LEAST_DECADES = 1.5
GRID_LINES = 3
DOT = "\N{MIDDLE DOT}"
SIGNS, RESERVED = {YES: "yes", NO: "no"}, "but"

STYLE = """
  text { font-family: "Atkinson Hyperlegible Next", Verdana, system-ui, sans-serif; font-size: 15px; fill: #0f1530; }
  .page { fill: #fffaf0; }
  .title { font-family: "Bricolage Grotesque", "Trebuchet MS", system-ui, sans-serif; font-weight: 700; }
  .title { font-size: 24px; }
  .head { font-size: 17px; font-weight: 700; }
  .soft { fill: #4a5070; }
  .mark-word { font-size: 14px; font-weight: 700; paint-order: stroke; stroke: #fffaf0; stroke-width: 5px; }
  .grid { stroke: #dcd3bd; stroke-width: 1; }
  .base { stroke: #0f1530; stroke-width: 2; }
  .mark { stroke: #0f1530; stroke-width: 1.5; stroke-dasharray: 4 3; }
  .acks { fill: #ffc533; stroke: #0f1530; stroke-width: 1.5; }
  .questions { fill: #7fd0f0; stroke: #0f1530; stroke-width: 1.5; }
  .yes { fill: #00735c; }
  .but { fill: #ffc533; }
  .no { fill: #c22a16; }
  @media (prefers-color-scheme: dark) {
    text { fill: #fffaf0; }
    .page { fill: #0f1530; }
    .soft { fill: #b7bddb; }
    .grid { stroke: #333c6e; }
    .base, .mark { stroke: #fffaf0; }
    .mark-word { stroke: #0f1530; }
    .acks, .questions { stroke: #0f1530; }
    .yes { fill: #3ecba5; }
    .no { fill: #ff8a75; }
  }
"""


class Scale(Struct, frozen=True):
    """Milliseconds to places between ``LEFT`` and ``RIGHT``; from ``low`` to ``high``, in bins, as powers of 10."""

    low: int
    high: int

    def place(self, milliseconds: float) -> float:
        bins = BINS_PER_DECADE * log10(max(milliseconds, 1e-3))
        return LEFT + (RIGHT - LEFT) * (bins - self.low) / (self.high - self.low)

    def edge(self, number: int) -> float:
        """Where a bin begins, in milliseconds."""
        return 10 ** ((self.low + number) / BINS_PER_DECADE)

    def heights(self, milliseconds: list[float]) -> list[int]:
        counts = [0] * (self.high - self.low)
        for value in milliseconds:
            number = floor(BINS_PER_DECADE * log10(max(value, 1e-3))) - self.low
            counts[min(max(number, 0), len(counts) - 1)] += 1
        return counts


def draw(figures: Figures, samples: Samples, verdict: Verdict) -> str:
    acks, questions = ([1000 * second for second in each] for each in (samples.acks, samples.questions))
    scale = scale_of(acks + questions)
    title = wrap(verdict.sentence, TITLE_CHARACTERS)
    details = [line for each in played(figures) for line in wrap(each, DETAIL_CHARACTERS)]
    top = TITLE_TOP + TITLE_LINE * len(title) + DETAIL_LINE * len(details) + 6
    second = top + PANEL_HEAD + PANEL_HEIGHT + PANEL_GAP
    height = second + PANEL_HEAD + PANEL_HEIGHT + 84
    parts = [
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="18"/>',
        headline(title, details, SIGNS.get(verdict.answer, RESERVED)),
        panel(top, scale, "acks", "From an answer to its acknowledgement", "answer", acks, figures.acks),
        panel(second, scale, "questions", "From the host to each phone", "arrival", questions, figures.questions),
        text((LEFT + RIGHT) / 2, height - 30, "milliseconds, on a logarithmic scale", kind="soft", anchor="middle"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(verdict.sentence, {chr(34): "&quot;"})}">\n'
        f"<title>{escape(verdict.sentence)}</title>\n<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def scale_of(milliseconds: list[float]) -> Scale:
    values = [max(value, 1e-3) for value in milliseconds] or [1.0, 1000.0]
    low, high = (BINS_PER_DECADE * log10(value) for value in (min(values), max(values)))
    missing = max(0.0, LEAST_DECADES * BINS_PER_DECADE - (high - low)) / 2
    return Scale(floor(low - missing), ceil(high + missing) + 1)


def played(figures: Figures) -> tuple[str, str]:
    """What, and where and when."""
    plan = figures.plan
    how = "all answers at once" if plan.answers == BURST else f"answers spread over {plan.spread_seconds:g} s"
    rooms = f"{counted(plan.rooms, 'room')} of {counted(plan.players, 'player')}"
    what = f"{rooms}, {counted(plan.questions, 'question')}, {how}"
    return what, f" {DOT} ".join([plan.url, f"Quizzler {figures.version}", f"{figures.at:%Y-%m-%d %H:%M} UTC"])


def headline(title: list[str], details: list[str], sign: str) -> str:
    x, below = MARGIN + 20, TITLE_TOP + TITLE_LINE * len(title) - 4
    height = below + DETAIL_LINE * (len(details) - 1) - TITLE_TOP + 30
    return "\n".join(
        [
            f'<rect class="{sign}" x="{MARGIN}" y="{TITLE_TOP - 23}" width="8" height="{height}" rx="4"/>',
            *(text(x, TITLE_TOP + TITLE_LINE * row, line, kind="title") for row, line in enumerate(title)),
            *(text(x, below + DETAIL_LINE * row, line, kind="soft") for row, line in enumerate(details)),
        ]
    )


def panel(top: int, scale: Scale, kind: str, title: str, unit: str, milliseconds: list[float], latency: Latency) -> str:
    base, counts = top + PANEL_HEAD + PANEL_HEIGHT, scale.heights(milliseconds)
    parts = [text(LEFT, top + 22, title, kind="head")]
    if not milliseconds:
        return "\n".join([*parts, text(LEFT, top + 50, "There is nothing to show.", kind="soft")])
    step = grid_step(max(counts))
    per_count = PANEL_HEIGHT / (step * ceil(max(counts) / step))
    summary = f"{counted(latency.count, unit)}, the slowest after {span(latency.max_ms)}"
    parts.append(text(RIGHT, top + 22, summary, kind="soft", anchor="end"))
    parts += grid(base, per_count, step, f"{unit}s")
    parts += ticks(base, scale)
    parts += bars(base, per_count, scale, counts, kind)
    parts.append(f'<line class="base" x1="{LEFT}" x2="{RIGHT}" y1="{base}" y2="{base}"/>')
    parts += mark(base, scale, latency.p99_ms, f"99 % within {span(latency.p99_ms)}", row=0)
    parts += mark(base, scale, latency.p50_ms, f"half within {span(latency.p50_ms)}", row=1)
    return "\n".join(parts)


def grid_step(most: int) -> int:
    """1, 2 or 5 times a power of 10, so that there are about ``GRID_LINES``."""
    rough = max(1.0, most / GRID_LINES)
    power = 10 ** floor(log10(rough))
    return int(next(factor for factor in (1, 2, 5, 10) if factor * power >= rough) * power)


def grid(base: int, per_count: float, step: int, unit: str) -> list[str]:
    lines = []
    for count in range(step, int(PANEL_HEIGHT / per_count + 0.5) + 1, step):
        y = base - count * per_count
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(text(LEFT - 10, y + 5, f"{count:,}", kind="soft", anchor="end"))
    x, y = MARGIN + 4, base - PANEL_HEIGHT / 2
    turned = f'transform="rotate(-90 {x} {y:.1f})"'
    return [*lines, text(x, y, unit, kind="soft", anchor="middle", more=turned)]


def ticks(base: int, scale: Scale) -> list[str]:
    parts = []
    for power in range(floor(scale.low / BINS_PER_DECADE), ceil(scale.high / BINS_PER_DECADE) + 1):
        for factor in (1, 2, 5):
            value = factor * 10.0**power
            x = scale.place(value)
            if LEFT <= x <= RIGHT:
                parts.append(f'<line class="base" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 6}"/>')
                parts.append(text(x, base + 24, f"{value:,g}", kind="soft", anchor="middle"))
    return parts


def bars(base: int, per_count: float, scale: Scale, counts: list[int], kind: str) -> list[str]:
    parts = []
    for number, count in enumerate(counts):
        if count:
            left, right = scale.place(scale.edge(number)), scale.place(scale.edge(number + 1))
            # Even one of ten thousand can be seen.
            height = max(2.0, count * per_count)
            parts.append(
                f'<rect class="{kind}" x="{left + 1.5:.1f}" y="{base - height:.1f}" width="{right - left - 3:.1f}" '
                f'height="{height:.1f}" rx="2"><title>{count:,}, {scale.edge(number):.3g} to '
                f"{scale.edge(number + 1):.3g} ms</title></rect>"
            )
    return parts


def mark(base: int, scale: Scale, milliseconds: float, words: str, row: int) -> list[str]:
    """Half stands to the left of its mark, 99 % to the right, in a row of its own, where there is room: so they never
    meet."""
    x, top = scale.place(milliseconds), base - PANEL_HEIGHT - 14 - MARK_LINE * (1 - row)
    to_the_left = x > RIGHT - MARK_WIDTH if row == 0 else x > LEFT + MARK_WIDTH
    return [
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 8}" y2="{base}"/>',
        text(
            x + (-6 if to_the_left else 6), top + 4, words, kind="mark-word", anchor="end" if to_the_left else "start"
        ),
    ]


def text(x: float, y: float, words: str, *, kind: str, anchor: str = "start", more: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'
