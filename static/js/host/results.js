/** The reveal: the right answer, how the room chose, why it is so, and who was quickest. */

import { el, setStyles } from "../lib/dom.js";
import { keepFitting } from "../lib/fit.js";
import { number, percent, plural } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { shape } from "../lib/shapes.js";

const TOP = 5; // places that the server sends with the results: where there are fewer, these are all players

export function mountResults(root, { question, results }) {
  const fitted = el(
    "div",
    { class: "reveal-fit" },
    el("h1", { class: "reveal-text" }, question.text),
    el(
      "ol",
      { class: "bars", "data-count": question.options.length },
      question.options.map((option, index) => bar(option, index, results)),
    ),
    results.explanation && el("p", { class: "reveal-why" }, results.explanation),
  );
  root.append(el("section", { class: "show" }, fitted, side(results)));
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (const item of root.querySelectorAll(".bar")) setStyles(item, { "--share": item.dataset.share });
    }),
  );
  return { leave: keepFitting(fitted, 1.35) };
}

function bar(option, index, { correct, distribution, answers }) {
  const count = distribution[index] ?? 0;
  const isRight = index === correct;
  return el(
    "li",
    { class: "bar", "data-answer": index, "data-right": isRight, "data-share": answers ? count / answers : 0 },
    el("span", { class: "bar-fill", "aria-hidden": "true" }),
    el("span", { class: "bar-badge" }, shape(index)),
    el(
      "span",
      { class: "bar-text" },
      option,
      isRight && el("span", { class: "visually-hidden" }, " (the right answer)"),
    ),
    isRight && el("span", { class: "bar-check" }, icon("check", 32)),
    el("span", { class: "bar-count" }, number(count)),
  );
}

function side({ answers, right, top }) {
  const quickest = top.filter((entry) => entry.correct).sort((one, other) => one.time - other.time)[0];
  return el(
    "aside",
    { class: "show-side" },
    answers
      ? el(
          "p",
          { class: "reveal-share" },
          el("strong", {}, `${percent(right, answers)}%`),
          el("span", {}, "were right"),
        )
      : el("p", { class: "reveal-share" }, el("span", {}, "Nobody answered")),
    answers > 0 && el("p", { class: "reveal-count" }, `${number(right)} of ${plural(answers, "answer")}`),
    quickest &&
      el(
        "p",
        { class: "reveal-quick" },
        el("span", { class: "soft" }, top.length < TOP ? "Quickest right answer" : "Quickest of the five leaders"),
        el("strong", {}, quickest.name),
        el("span", {}, `${quickest.time.toFixed(2)} s`),
      ),
  );
}
