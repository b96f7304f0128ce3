/** The last quizzes that one took alone. */

import { el } from "../lib/dom.js";
import { dateAndTime, number, score } from "../lib/format.js";
import { table } from "../lib/table.js";

export function history(attempts) {
  const list = table("The last quizzes, the newest first", [
    {
      label: "Quiz",
      kind: "name",
      cell: ({ quiz_id: id, quiz_title: title, topic }) => [
        el("a", { href: `/quiz/${encodeURIComponent(id)}/result` }, title),
        topic && el("small", {}, topic),
      ],
    },
    { label: "Handed in", minor: true, cell: ({ submitted_at: at }) => dateAndTime(at) },
    {
      label: "Right",
      kind: "number",
      cell: ({ correct_answers: right, total_questions: all }) => `${right} of ${all}`,
    },
    { label: "Score", kind: "number", minor: true, cell: (attempt) => score(attempt.score) },
    {
      label: "Rating",
      kind: "number",
      cell: ({ rating }) => (rating === null ? "–" : el("strong", {}, number(rating))),
    },
  ]);
  list.body.append(...attempts.map((attempt) => list.row(attempt)));
  return el(
    "section",
    { class: "profile-section", "aria-labelledby": "history-title" },
    el("h2", { id: "history-title" }, "Taken lately"),
    list.element,
  );
}
