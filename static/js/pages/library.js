/** The host's own quizzes. */

import { call, get } from "../lib/api.js";
import { ask } from "../lib/ask.js";
import { byId, el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { empty, showIn } from "../lib/page.js";
import { hostLink, quizCard } from "../lib/quiz_card.js";
import { requireUser } from "../lib/session.js";
import { shareLink } from "../lib/share.js";
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
  const path = `/library/${encodeURIComponent(quiz.id)}`;
  const { title } = quiz;
  return quizCard(
    quiz,
    quiz.question_count === 0
      ? el("a", { class: "button button-ink", href: path }, "Add questions")
      : hostLink(quiz),
    el(
      "a",
      { class: "button button-line", href: `${path}/results`, "aria-label": `Results of ${title}` },
      "Results",
    ),
    el(
      "div",
      { class: "card-tools" },
      iconLink("pencil", `Edit ${title}`, "Edit", path),
      iconButton("link", `Share ${title}`, "Link to take it alone", () => share(quiz)),
      iconButton("copy", `Copy ${title}`, "Copy", () => copy(quiz)),
      iconButton("trash", `Delete ${title}`, "Delete", () => remove(quiz)),
    ),
  );
}

const LOOK = "button button-quiet button-icon";

const iconLink = (name, label, title, href) =>
  el("a", { class: LOOK, href, "aria-label": label, title }, icon(name));

const iconButton = (name, label, title, onclick) =>
  el("button", { class: LOOK, type: "button", "aria-label": label, title, onclick }, icon(name));

const share = (quiz) =>
  shareLink({
    title: `Take “${quiz.title}” alone`,
    text: "Whoever has this link and an account can take the quiz once, while it is open. You see the results.",
    link: `${place.dataset.joinBase}/quiz/${encodeURIComponent(quiz.id)}`,
  });

async function copy(quiz) {
  await showIn(place, async () => {
    await call("POST", `/quizzes/${encodeURIComponent(quiz.id)}/copy`, { body: {} });
    return [];
  });
  if (!place.querySelector(".notice")) await show();
}

async function remove(quiz) {
  const sure = await ask({
    title: `Delete “${quiz.title}”?`,
    text: "It disappears from your quizzes. Nobody can take it any more. Reports and results of what was played stay.",
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
