/** The host's own quizzes. */

import { call, get } from "../lib/api.js";
import { ask } from "../lib/ask.js";
import { byId, el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { empty, showIn } from "../lib/page.js";
import { hostLink, quizCard } from "../lib/quiz_card.js";
import { requireUser } from "../lib/session.js";
import { showSite } from "../lib/site.js";

const place = byId("quizzes");

showSite();
if (requireUser()) show();

function show() {
  return showIn(place, async () => {
    const quizzes = await get("/quizzes");
    if (!quizzes.length) {
      return empty(
        "Nothing here yet",
        "Write your first quiz, or host one of the ready ones: there is something for every crowd.",
        el("a", { class: "button button-ink", href: "/library/new" }, "Write a quiz"),
        el("a", { class: "button button-line", href: "/explore" }, "Explore"),
      );
    }
    return el("div", { class: "cards" }, quizzes.map(card));
  });
}

function card(quiz) {
  const edit = `/library/${encodeURIComponent(quiz.id)}`;
  return quizCard(
    quiz,
    quiz.question_count === 0
      ? el("a", { class: "button button-ink", href: edit }, "Add questions")
      : hostLink(quiz),
    el(
      "a",
      { class: "button button-quiet button-icon", href: edit, "aria-label": `Edit ${quiz.title}`, title: "Edit" },
      icon("pencil"),
    ),
    el(
      "button",
      {
        class: "button button-quiet button-icon",
        type: "button",
        "aria-label": `Delete ${quiz.title}`,
        title: "Delete",
        onclick: () => remove(quiz),
      },
      icon("trash"),
    ),
  );
}

async function remove(quiz) {
  const sure = await ask({
    title: `Delete “${quiz.title}”?`,
    text: "It disappears from your quizzes. Reports of games that were played with it stay.",
    yes: "Delete",
    danger: true,
  });
  if (!sure) return;
  await showIn(place, async () => {
    await call("DELETE", `/quizzes/${encodeURIComponent(quiz.id)}`);
    return [];
  });
  if (!place.querySelector(".notice")) await show();
}
