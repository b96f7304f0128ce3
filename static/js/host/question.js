/** A question on the wall, the time that is left and how many have answered. */

import { countDown, timeLeft } from "../lib/clock.js";
import { el, setStyles, setText, svg } from "../lib/dom.js";
import { keepFitting } from "../lib/fit.js";
import { number } from "../lib/format.js";
import { letter, shape } from "../lib/shapes.js";

const RADIUS = 44;
const AROUND = 2 * Math.PI * RADIUS;

export function mountQuestion(root, { question }) {
  const ring = svg("circle", {
    class: "ring-left",
    cx: 50,
    cy: 50,
    r: RADIUS,
    "stroke-dasharray": AROUND.toFixed(2),
  });
  const seconds = el("span", { class: "ring-seconds", role: "timer", "aria-label": "Time left" });
  const answered = el("strong", {});
  const total = el("span", {});
  const fitted = el(
    "div",
    { class: "show-fit" },
    el("h1", { class: "show-text", "data-length": question.text.length > 180 ? "long" : "short" }, question.text),
    optionTiles(question.options),
  );
  const section = el(
    "section",
    { class: "show" },
    fitted,
    el(
      "aside",
      { class: "show-side" },
      el(
        "p",
        { class: "show-number" },
        question.count ? `${question.index + 1} of ${question.count}` : `Question ${question.index + 1}`,
      ),
      el(
        "div",
        { class: "ring" },
        svg(
          "svg",
          { viewBox: "0 0 100 100", "aria-hidden": "true" },
          svg("circle", { class: "ring-all", cx: 50, cy: 50, r: RADIUS }),
          ring,
        ),
        seconds,
      ),
      el("p", { class: "show-answered" }, answered, total),
    ),
  );
  root.append(section);

  const stopFitting = keepFitting(fitted, 1.2);
  const stopClock = countDown(question, (left) => {
    const face = timeLeft(left);
    setText(seconds, face);
    seconds.dataset.length = face.length;
    setStyles(ring, { "stroke-dashoffset": (AROUND * (1 - Math.min(1, left / question.timeLimit))).toFixed(2) });
    section.dataset.hurry = left <= 5;
  });
  return {
    update(state) {
      setText(answered, number(state.answered));
      setText(total, ` of ${number(state.total)} answered`);
    },
    leave() {
      stopFitting();
      stopClock();
    },
  };
}

export function optionTiles(options) {
  return el(
    "ol",
    { class: "tiles", "data-count": options.length },
    options.map((option, index) =>
      el(
        "li",
        { class: "tile", "data-answer": index },
        shape(index),
        el("span", { class: "tile-letter", "aria-hidden": "true" }, letter(index)),
        el("span", { class: "tile-text" }, option),
      ),
    ),
  );
}
