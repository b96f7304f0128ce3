/** What everybody achieved in a quiz of one's own. */

import { download, get } from "../lib/api.js";
import { columnChart } from "../lib/charts.js";
import { byId, el } from "../lib/dom.js";
import { figure, figures } from "../lib/figures.js";
import { dateAndTime, lasting, number, plural, score } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { empty, showIn } from "../lib/page.js";
import { fillPages } from "../lib/paged.js";
import { saveFile } from "../lib/save_file.js";
import { requireUser } from "../lib/session.js";
import { showSite } from "../lib/site.js";
import { table } from "../lib/table.js";

const id = encodeURIComponent(decodeURIComponent(location.pathname.split("/")[2]));
const PAGE = 500;
const BINS = 10;

showSite();
if (requireUser()) showIn(byId("results"), draw, { href: "/library", label: "My quizzes" });

async function draw() {
  const first = await fetchResults(null);
  document.title = `${first.quiz.title}, results · Quizzler`;
  return [head(first), ...(first.results.length ? await found(first) : [nobody()])];
}

function head({ quiz, total_participants: total }) {
  const problem = el("p", { class: "notice notice-wrong", role: "alert", hidden: true });
  return [
    el(
      "div",
      { class: "page-head" },
      el(
        "div",
        {},
        el("p", { class: "soft" }, el("a", { href: "/library" }, "My quizzes")),
        el("h1", {}, quiz.title),
        el("p", { class: "soft" }, `Taken alone by ${plural(total, "person", "people")}`),
      ),
      total > 0 &&
        el(
          "button",
          {
            class: "button button-ink",
            type: "button",
            onclick: (event) => save(event.currentTarget, problem),
          },
          icon("down_to", 20),
          "Download CSV",
        ),
    ),
    problem,
  ];
}

const nobody = () =>
  empty(
    "Nobody has handed in yet",
    "Give the link to the people who should take this quiz. Their results arrive here.",
    el("a", { class: "button button-ink", href: `/quiz/${id}` }, "See the quiz as they do"),
    el("a", { class: "button button-line", href: "/library" }, "My quizzes"),
  );

async function found(first) {
  const board = table("Results, the best first", [
    {
      label: "Name",
      kind: "name",
      cell: ({ student_name: name, email }) =>
        email === null ? el("span", { class: "soft" }, name) : [name, el("small", {}, email)],
    },
    { label: "Handed in", minor: true, cell: ({ date }) => dateAndTime(date) },
    {
      label: "Right",
      kind: "number",
      cell: ({ correct_count: right, total_questions: all }) => `${right} of ${all}`,
    },
    { label: "Time", kind: "number", minor: true, cell: ({ time_taken_minutes: minutes }) => lasting(minutes) },
    {
      label: "Score",
      kind: "number",
      cell: (result) => [
        el("strong", {}, score(result.score)),
        result.late && el("span", { class: "tag", "data-level": "wrong" }, "late"),
      ],
    },
  ]);
  const more = await fillPages(board.body, async (cursor) => {
    const { results, next_cursor: next } = cursor ? await fetchResults(cursor) : first;
    return { rows: results.map((result) => board.row(result)), next };
  });
  // The figures are true of everybody, so they wait until everybody is here.
  return [first.next_cursor === null && summary(first.results), board.element, more];
}

function summary(results) {
  const shares = results.map(({ correct_count: right, total_questions: all }) => right / all);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const bins = Array.from({ length: BINS }, (_, bin) => ({
    label: `${bin * BINS}–${(bin + 1) * BINS}%`,
    value: shares.filter((share) => Math.min(BINS - 1, Math.floor(share * BINS)) === bin).length,
  }));
  return el(
    "div",
    { class: "summary" },
    figures(
      figure(number(results.length), results.length === 1 ? "person" : "people"),
      figure(score(mean(results.map((result) => result.score))), "score on average"),
      figure(score(results[0].score), "best score"),
      figure(`${Math.round(100 * mean(shares))}%`, "right on average"),
    ),
    results.length > 1 &&
      el(
        "figure",
        { class: "chart-card" },
        el("figcaption", {}, el("h2", {}, "How many got how much right")),
        columnChart(bins, (value) => plural(value, "person", "people")),
      ),
  );
}

function fetchResults(cursor) {
  const query = new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) });
  return get(`/results/${id}/results?${query}`);
}

async function save(button, problem) {
  button.disabled = true;
  problem.hidden = true;
  try {
    saveFile(await download(`/results/${id}/results.csv`));
  } catch (error) {
    problem.hidden = false;
    problem.textContent = error.message;
  }
  button.disabled = false;
}
