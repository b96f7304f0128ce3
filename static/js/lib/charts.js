/** Small charts, drawn at the size of their place: dark ink and marigold on paper. Each says in words what it shows. */

import { el, replace, svg } from "./dom.js";
import { plural } from "./format.js";

const HEIGHT = 220;
const TOP = 16;
const BOTTOM = 30;
const LEFT = 52;
const RIGHT = 16;

/** Draws now and whenever the width changes: text in a picture that is only scaled would be too small on a phone. */
function chart(words, draw) {
  const place = el("div", { class: "chart" });
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.round(place.clientWidth);
    if (!width || width === drawn) return;
    drawn = width;
    const picture = { role: "img", "aria-label": words, viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT };
    replace(place, svg("svg", picture, draw(width)));
  }).observe(place);
  return place;
}

/** Shares from 0 to 1 in the order of time: `points` are `{value, label, square}`. */
export function lineChart(points) {
  const values = points.map(({ label, value }) => `${label} ${percentOf(value)}`);
  const words = `From the oldest to the newest: ${values.join(", ")}`;
  return chart(words, (width) => {
    const step = (width - LEFT - RIGHT) / Math.max(1, points.length - 1);
    const x = (index) => (points.length === 1 ? (LEFT + width - RIGHT) / 2 : LEFT + index * step);
    const y = (value) => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM);
    const line = points.map(({ value }, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
    return [
      [0, 0.5, 1].map((value) => [
        svg("line", { class: "chart-line", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
        svg("text", { class: "chart-word", x: LEFT - 10, y: y(value) + 5, "text-anchor": "end" }, percentOf(value)),
      ]),
      svg("path", { class: "chart-area", d: `M${x(0)} ${y(0)}L${line}L${x(points.length - 1)} ${y(0)}Z` }),
      svg("path", { class: "chart-ink", d: `M${line}` }),
      points.map((point, index) => mark(point, x(index), y(point.value))),
      svg("text", { class: "chart-word", x: LEFT, y: HEIGHT - 6 }, points.length > 1 ? "older" : ""),
      svg("text", { class: "chart-word", x: width - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, "newest"),
    ].flat(2);
  });
}

function mark({ value, label, square }, x, y) {
  const title = svg("title", {}, `${label}: ${percentOf(value)}`);
  return square
    ? svg("rect", { class: "chart-point", x: x - 6, y: y - 6, width: 12, height: 12 }, title)
    : svg("circle", { class: "chart-point", cx: x, cy: y, r: 7 }, title);
}

/** How often what: `columns` are `{value, label}`; `words(value)` says a count. */
export function columnChart(columns, words) {
  const most = Math.max(1, ...columns.map(({ value }) => value));
  const said = columns.filter(({ value }) => value).map(({ label, value }) => `${label}: ${words(value)}`);
  return chart(said.join(", "), (width) => {
    const step = width / columns.length;
    const y = (value) => TOP + 8 + (1 - value / most) * (HEIGHT - TOP - 8 - BOTTOM);
    const every = Math.ceil(84 / step);
    return [
      columns.map(({ value, label }, index) => [
        svg(
          "rect",
          {
            class: "chart-column",
            x: index * step + 3,
            y: y(value),
            width: Math.max(2, step - 6),
            height: HEIGHT - BOTTOM - y(value),
            rx: 4,
          },
          svg("title", {}, `${label}: ${words(value)}`),
        ),
        value > 0 &&
          svg(
            "text",
            { class: "chart-count", x: (index + 0.5) * step, y: y(value) - 7, "text-anchor": "middle" },
            value,
          ),
        index % every === 0 && columnLabel(label, index, step),
      ]),
      svg("line", { class: "chart-base", x1: 0, x2: width, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
    ].flat(2);
  });
}

/** Under the middle of its column; the first one begins with it, so that it stays within the picture. */
const columnLabel = (label, index, step) =>
  svg(
    "text",
    {
      class: "chart-word",
      x: index ? (index + 0.5) * step : 3,
      y: HEIGHT - 8,
      "text-anchor": index ? "middle" : "start",
    },
    label,
  );

/** One share, 0 to 1, as a ring with the figure in it. */
export function ring(share, words) {
  const radius = 80;
  const round = 2 * Math.PI * radius;
  return svg(
    "svg",
    { class: "ring", viewBox: "0 0 200 200", role: "img", "aria-label": words },
    svg("circle", { class: "ring-rest", cx: 100, cy: 100, r: radius }),
    svg("circle", {
      class: "ring-share",
      cx: 100,
      cy: 100,
      r: radius,
      "stroke-dasharray": `${(share * round).toFixed(1)} ${round.toFixed(1)}`,
      transform: "rotate(-90 100 100)",
    }),
    svg("text", { class: "ring-figure", x: 100, y: 116, "text-anchor": "middle" }, percentOf(share)),
  );
}

/** Shares under each other: `rows` are `{label, part, whole}`. The words are text, the bars decoration. */
export function shareBars(rows, noun) {
  return el(
    "ul",
    { class: "share-bars" },
    rows.map(({ label, part, whole }) =>
      el(
        "li",
        {},
        el("span", { class: "share-label" }, label),
        el("span", { class: "share-words soft" }, `${part} of ${plural(whole, noun)}`),
        svg(
          "svg",
          { class: "share-bar", "aria-hidden": "true", height: 14 },
          svg("rect", { class: "share-whole", width: "100%", height: 14, rx: 7 }),
          part > 0 && svg("rect", { class: "share-part", width: `${(100 * part) / whole}%`, height: 14, rx: 7 }),
        ),
      ),
    ),
  );
}

const percentOf = (share) => `${Math.round(100 * share)}%`;
