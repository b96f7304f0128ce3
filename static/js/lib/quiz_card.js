/** A quiz in a list: its poster, what it is about, what one can do with it. */

import { el } from "./dom.js";
import { plural } from "./format.js";
import { colouredShape, poster } from "./shapes.js";

const WHEN = { assigned: "not open yet", ended: "closed" };
const DIFFICULTIES = ["easy", "medium", "hard"];

export function quizCard(quiz, ...actions) {
  const facts = [
    quiz.topic,
    quiz.question_count !== undefined && plural(quiz.question_count, "question"),
    WHEN[quiz.status],
  ].filter(Boolean);
  return el(
    "article",
    { class: "card" },
    poster(quiz.title, "card-art"),
    el(
      "div",
      { class: "card-body" },
      el("h2", {}, quiz.title),
      el("p", { class: "soft" }, el("span", { class: "card-text" }, quiz.description || "")),
      el(
        "p",
        { class: "facts" },
        facts.map((fact) => el("span", {}, fact)),
        difficulty(quiz.difficulty),
      ),
    ),
    el("div", { class: "card-actions" }, actions),
  );
}

export function hostLink(quiz) {
  return el(
    "a",
    {
      class: "button button-ink",
      href: `/host/new?quiz_id=${encodeURIComponent(quiz.id)}`,
      "aria-label": `Host ${quiz.title}`,
    },
    "Host",
  );
}

export function aloneLink(quiz, look = "button-line") {
  return el(
    "a",
    {
      class: `button ${look}`,
      href: `/quiz/${encodeURIComponent(quiz.id)}`,
      "aria-label": `Take ${quiz.title} alone`,
    },
    "Take it alone",
  );
}

function difficulty(name) {
  const level = DIFFICULTIES.indexOf(name) + 1;
  if (!level) return null;
  return el(
    "span",
    { class: "difficulty" },
    Array.from({ length: level }, () => colouredShape([3, 2, 0][level - 1])),
    name,
  );
}
