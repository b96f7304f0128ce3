/** All questions in their order: to pick one, and to put them into another order by dragging. */

import { el, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { plural } from "../lib/format.js";
import { MOST_QUESTIONS } from "./state.js";

export function mountOutline(act, importQuestions) {
  const list = el("ol", { class: "outline-list" });
  const count = el("p", { class: "soft" });
  const add = el(
    "button",
    { class: "button button-line button-wide", type: "button", onclick: () => addQuestion(act) },
    icon("plus"),
    "Add a question",
  );
  const load = el(
    "button",
    { class: "button button-quiet button-wide", type: "button", onclick: importQuestions },
    icon("file", 20),
    "Import a CSV file",
  );
  let dragged = -1;
  list.addEventListener("dragstart", (event) => {
    dragged = placeOf(event);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  list.addEventListener("dragover", (event) => {
    if (dragged < 0) return;
    event.preventDefault();
    mark(list, placeOf(event));
  });
  list.addEventListener("drop", (event) => {
    event.preventDefault();
    const to = placeOf(event);
    if (dragged >= 0 && to >= 0) act({ type: "move", from: dragged, to });
  });
  list.addEventListener("dragend", () => {
    dragged = -1;
    mark(list, -1);
  });
  return {
    element: el("nav", { class: "outline", "aria-label": "Questions" }, list, add, load, count),
    update(quiz, problems) {
      replace(count, `${plural(quiz.questions.length, "question")} of at most ${MOST_QUESTIONS}`);
      add.disabled = load.disabled = quiz.questions.length >= MOST_QUESTIONS;
      const rows = quiz.questions.map((question, index) =>
        picture(question, index, quiz, problems.questions[index]),
      );
      if (list.dataset.drawn === JSON.stringify(rows)) return;
      list.dataset.drawn = JSON.stringify(rows);
      const focused = list.contains(document.activeElement);
      replace(
        list,
        rows.map((row) => item(row, act)),
      );
      if (focused) list.querySelector("[aria-current] button").focus();
      list.querySelector("[aria-current]").scrollIntoView({ block: "nearest", inline: "nearest" });
    },
  };
}

const picture = (question, index, quiz, problems = {}) => ({
  index,
  text: question.text.trim() || "New question",
  fresh: !question.text.trim(),
  here: index === quiz.selected,
  wrong: Object.keys(problems).length,
});

function item({ index, text, fresh, here, wrong }, act) {
  return el(
    "li",
    {
      class: "outline-item",
      draggable: "true",
      "data-index": index,
      "data-wrong": wrong > 0,
      "aria-current": here ? "true" : null,
    },
    el(
      "button",
      { type: "button", class: "outline-pick", onclick: () => act({ type: "select", index }) },
      el("span", { class: "outline-number" }, index + 1),
      el("span", { class: `outline-text ${fresh ? "soft" : ""}` }, text),
      wrong > 0 &&
        el(
          "span",
          { class: "outline-wrong" },
          "!",
          el("span", { class: "visually-hidden" }, " needs mending"),
        ),
    ),
    el("span", { class: "outline-grip", "aria-hidden": "true" }, icon("grip", 18)),
  );
}

function addQuestion(act) {
  act({ type: "add" });
  document.getElementById("q-text").focus();
}

const placeOf = (event) => Number(event.target.closest?.("[data-index]")?.dataset.index ?? -1);

function mark(list, place) {
  for (const entry of list.children)
    entry.classList.toggle("outline-target", Number(entry.dataset.index) === place);
}
