/** The question at hand, and its answers. */

import { el, replace, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { letter, optionOfKey, shape } from "../lib/shapes.js";
import { answeredCount, isLast, letterOf, mayGo } from "./state.js";
import { keepingLine } from "./words.js";

/** Returns `{element, update(state), leave()}`. */
export function mountQuestion({ choose, go, finish }) {
  const number = el("span", {});
  const answered = el("span", { class: "take-answered" });
  const text = el("h1", { class: "take-text", tabindex: "-1" });
  const options = el("ol", { class: "take-options" });
  const hint = el("p", { class: "take-hint soft" });
  const keeping = el("p", { class: "take-keeping", role: "status" });
  const back = el("button", { class: "button button-line", type: "button" }, icon("back"), "Back");
  const onward = el("button", { class: "button button-ink button-big", type: "button" });
  back.addEventListener("click", () => go(shown.position - 1));
  onward.addEventListener("click", () => (isLast(shown) ? finish() : go(shown.position + 1)));
  let shown = null;
  let drawn = "";

  addEventListener("keydown", onKey);
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const option = optionOfKey(event.key, shown.questions[shown.position].options.length);
    if (option >= 0) choose(letterOf(option));
    else if (event.key === "ArrowRight") go(shown.position + 1);
    else if (event.key === "ArrowLeft") go(shown.position - 1);
  }

  function drawQuestion({ id, text: asked, options: given }) {
    if (drawn === id) return;
    const first = drawn === "";
    drawn = id;
    setText(text, asked);
    text.dataset.length = asked.length > 220 ? "long" : asked.length > 100 ? "medium" : "short";
    replace(
      options,
      given.map((option, index) => el("li", {}, optionButton(option, index, choose))),
    );
    if (!first) text.focus();
  }

  return {
    element: el(
      "section",
      { class: "take-question" },
      el("p", { class: "take-number" }, number, answered),
      text,
      options,
      hint,
      el("div", { class: "take-foot" }, back, keeping, onward),
    ),
    update(state) {
      shown = state;
      const question = state.questions[state.position];
      const chosen = state.answers[question.id];
      setText(number, `Question ${state.position + 1} of ${state.questions.length}`);
      setText(answered, `${answeredCount(state)} answered`);
      drawQuestion(question);
      for (const [index, button] of options.querySelectorAll("button").entries())
        button.setAttribute("aria-pressed", letterOf(index) === chosen);
      setText(hint, hintOf(state, chosen));
      back.hidden = state.quiz.linear;
      back.disabled = !mayGo(state, state.position - 1);
      replace(onward, ...onwardWords(state, chosen));
      const { level, text: words } = keepingLine(state);
      keeping.dataset.level = level;
      setText(keeping, words);
    },
    leave: () => removeEventListener("keydown", onKey),
  };
}

function optionButton(option, index, choose) {
  return el(
    "button",
    {
      class: "take-option",
      type: "button",
      "data-answer": index,
      "data-length": option.length > 60 ? "long" : "short",
      onclick: () => choose(letterOf(index)),
    },
    el(
      "span",
      { class: "take-badge" },
      shape(index),
      el("span", { class: "visually-hidden" }, `${letter(index)}: `),
    ),
    el("span", { class: "take-option-text" }, option),
    el("span", { class: "take-tick" }, icon("check", 20)),
  );
}

function hintOf({ quiz, ...state }, chosen) {
  if (quiz.linear && !chosen && !isLast(state)) return "Only forward: you cannot come back to this question.";
  if (chosen) return quiz.negativeMark ? "Not sure? Choose it again to take the answer back." : "";
  return quiz.negativeMark ? "A wrong answer costs marks; no answer costs nothing." : "";
}

function onwardWords(state, chosen) {
  if (isLast(state)) return ["Hand in"];
  return [state.quiz.linear && !chosen ? "Skip" : "Next", icon("right")];
}
