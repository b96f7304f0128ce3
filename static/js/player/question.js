/** A question and its big buttons. The text is here too: not everyone sees the big screen well. */

import { countDown, timeLeft } from "../lib/clock.js";
import { el, replace, setStyles, setText } from "../lib/dom.js";
import { letter, optionOfKey, shape, shapeName } from "../lib/shapes.js";
import { icon } from "../lib/icons.js";
import { answerStatus } from "./words.js";

const SHORT = 16; // characters: options this short stand in two columns

export function mountQuestion(root, { question }, { clock, choose }) {
  const seconds = el("span", { class: "ask-seconds", role: "timer", "aria-label": "Time left" });
  const bar = el("div", { class: "ask-bar" });
  const buttons = question.options.map((option, index) => answerButton(option, index, choose));
  const short = question.options.every((option) => option.length <= SHORT);
  const list = el(
    "div",
    { class: `ask-options ${short ? "ask-grid" : ""}`, "data-count": question.options.length },
    buttons,
  );
  const status = el("p", { class: "ask-status", role: "status" });
  const section = el(
    "section",
    { class: "ask" },
    el("h1", { class: "ask-text", "data-length": lengthOf(question.text) }, question.text),
    list,
    status,
  );
  root.append(section);
  // In the frame, which stays in view however far the options are scrolled.
  replace(
    clock,
    el("p", { class: "ask-number" }, numberOf(question)),
    seconds,
    el("div", { class: "ask-track", "aria-hidden": "true" }, bar),
  );

  const time = { endsAt: question.endsAt };
  const stop = countDown(time, (left) => {
    setText(seconds, timeLeft(left));
    setStyles(bar, { transform: `scaleX(${Math.min(1, left / question.timeLimit).toFixed(4)})` });
    clock.dataset.hurry = left <= 5;
  });
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const option = optionOfKey(event.key, question.options.length);
    if (option >= 0) choose(option);
  };
  addEventListener("keydown", onKey);

  return {
    update(state) {
      const chosen = state.answer?.option ?? null;
      // The server says it anew to a phone that comes back: after a restart there is more time.
      time.endsAt = state.question.endsAt;
      section.dataset.chosen = chosen !== null;
      buttons.forEach((button, index) => {
        button.setAttribute("aria-pressed", index === chosen);
        button.setAttribute("aria-disabled", chosen !== null);
      });
      drawStatus(status, answerStatus(state));
    },
    leave() {
      stop();
      replace(clock);
      removeEventListener("keydown", onKey);
    },
  };
}

function answerButton(option, index, choose) {
  return el(
    "button",
    {
      class: "ask-option",
      type: "button",
      "data-answer": index,
      "data-length": option.length > 60 ? "long" : "short",
      "aria-label": `${letter(index)}, ${shapeName(index)}: ${option}`,
      onclick: () => choose(index),
    },
    shape(index),
    el("span", {}, option),
  );
}

function drawStatus(place, { level, text }) {
  if (place.dataset.level === level && place.textContent === text) return;
  place.dataset.level = level;
  place.replaceChildren(...(level === "saved" ? [icon("check")] : []), text);
}

const numberOf = ({ index, count }) => (count ? `Question ${index + 1} of ${count}` : `Question ${index + 1}`);

const lengthOf = (text) => (text.length > 220 ? "long" : text.length > 100 ? "medium" : "short");
