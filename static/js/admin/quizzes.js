/** All quizzes, and what an admin may do with them. */

import { call, get } from "../lib/api.js";
import { ask } from "../lib/ask.js";
import { el, replace } from "../lib/dom.js";
import { number, plural, score } from "../lib/format.js";
import { fillPages } from "../lib/paged.js";
import { table } from "../lib/table.js";
import { actionButton } from "./parts.js";

const PAGE = 25;

export async function quizTable() {
  const [first, { id: me }] = await Promise.all([fetchQuizzes(null), get("/auth/me")]);
  const quizzes = table("Quizzes, the most taken first", [
    {
      label: "Quiz",
      kind: "name",
      cell: (quiz) => [
        quiz.title,
        el(
          "small",
          {},
          [quiz.topic, quiz.difficulty, quiz.creator_name ?? "came with Quizzler"].filter(Boolean).join(", "),
        ),
      ],
    },
    { label: "Kind", minor: true, cell: (quiz) => tags(quiz) },
    { label: "Attempts", kind: "number", cell: (quiz) => number(quiz.total_attempts) },
    {
      label: "Average",
      kind: "number",
      minor: true,
      cell: (quiz) => (quiz.total_attempts ? score(quiz.average_score) : "–"),
    },
    { label: null, kind: "action", cell: (quiz) => actions(quiz, me) },
  ]);
  const more = await fillPages(quizzes.body, async (cursor) => {
    const page = cursor ? await fetchQuizzes(cursor) : first;
    return {
      rows: page.quiz_statistics.map((quiz) => quizzes.row(quiz, { "data-off": !quiz.is_active })),
      next: page.next_cursor,
    };
  });
  const facts = [
    plural(first.total_quizzes, "quiz", "quizzes"),
    `${number(first.trivia_quizzes)} of them trivia`,
    `${number(first.active_quizzes)} in use`,
  ];
  return [
    el(
      "div",
      { class: "admin-foot" },
      el("a", { class: "button button-ink", href: "/library/new?trivia=1" }, "New trivia quiz"),
      el("p", { class: "soft" }, facts.join(", ")),
    ),
    quizzes.element,
    more,
  ];
}

function tags({ is_trivia: trivia, is_active: active }) {
  return [
    el("span", { class: "tag" }, trivia ? "trivia" : "private"),
    !active && el("span", { class: "tag", "data-level": "wrong" }, "out of use"),
  ];
}

function actions(quiz, me) {
  if (!quiz.is_active) return el("span", { class: "soft" }, "Out of use");
  const place = el("span", { class: "admin-actions" });
  replace(
    place,
    quiz.is_trivia &&
      quiz.creator_id === me &&
      el(
        "a",
        {
          class: "button button-quiet",
          href: `/library/${encodeURIComponent(quiz.quiz_id)}`,
          "aria-label": `Edit ${quiz.title}`,
        },
        "Edit",
      ),
    actionButton("Deactivate", "button-quiet", () => deactivate(quiz, place)),
  );
  place.querySelector("button").setAttribute("aria-label", `Deactivate ${quiz.title}`);
  return place;
}

async function deactivate(quiz, place) {
  const sure = await ask({
    title: `Deactivate “${quiz.title}”?`,
    text: "Nobody finds or starts it any more. What was played and answered stays.",
    yes: "Deactivate",
    danger: true,
  });
  if (!sure) return;
  await call("DELETE", `/admin/quiz/${encodeURIComponent(quiz.quiz_id)}`);
  place.closest("tr").dataset.off = "true";
  replace(place, el("span", { class: "soft" }, "Out of use"));
}

function fetchQuizzes(cursor) {
  const query = new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) });
  return get(`/admin/quiz-stats?${query}`);
}
