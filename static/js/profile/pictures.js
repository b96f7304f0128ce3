/** How it goes, as pictures. */

import { lineChart, ring, shareBars } from "../lib/charts.js";
import { el } from "../lib/dom.js";
import { number, percent, plural, score } from "../lib/format.js";

const TOPICS_SHOWN = 8;

export function pictures(attempts, statistics) {
  const topics = [...statistics.by_topic].sort((one, other) => other.total_questions - one.total_questions);
  return el(
    "div",
    { class: "profile-pictures" },
    card("profile-wide", "How much was right, quiz by quiz", progress(attempts)),
    rightShare(attempts, topics),
    card("profile-wide", "Topics of trivia", topics.length ? topicBars(topics) : nothing()),
    card("", "In numbers", kinds(statistics)),
  );
}

const card = (look, title, ...content) =>
  el("section", { class: `chart-card ${look}` }, el("h2", {}, title), ...content);

const nothing = () => el("p", { class: "soft" }, "No trivia yet. Its topics appear here.");

function progress(attempts) {
  const points = [...attempts].reverse().map((attempt) => ({
    label: attempt.quiz_title,
    value: attempt.total_questions ? attempt.correct_answers / attempt.total_questions : 0,
    square: !attempt.is_trivia,
  }));
  const both = points.some(({ square }) => square) && points.some(({ square }) => !square);
  return [
    lineChart(points),
    both && el("p", { class: "soft profile-key" }, "Circles are trivia, squares other quizzes."),
  ];
}

/** Of all trivia where there is some, else of the last quizzes: there are no sums of those. */
function rightShare(attempts, topics) {
  const rows = topics.length ? topics : attempts;
  const total = (name) => rows.reduce((sum, row) => sum + row[name], 0);
  const [right, all] = [total("correct_answers"), total("total_questions")];
  return card(
    "",
    topics.length ? "Right answers in trivia" : "Right answers lately",
    ring(all ? right / all : 0, `${percent(right, all)}% of the answers were right`),
    el("p", { class: "soft profile-key" }, `${number(right)} of ${plural(all, "question")}`),
  );
}

function topicBars(topics) {
  const rows = topics.slice(0, TOPICS_SHOWN).map((topic) => ({
    label: topic.topic,
    part: topic.correct_answers,
    whole: topic.total_questions,
  }));
  const rest = topics.length - rows.length;
  return [shareBars(rows, "question"), rest > 0 && el("p", { class: "soft" }, `and ${plural(rest, "more topic")}`)];
}

function kinds({ trivia_stats: trivia, private_stats: own }) {
  const rows = [
    ["Quizzes", trivia.quizzes_attempted, own.quizzes_attempted],
    ["Score in all", trivia.total_score, own.total_score],
    ["Average", trivia.average_score, own.average_score],
    ["Best", trivia.best_score, own.best_score],
  ];
  return el(
    "table",
    { class: "table" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        ["", "Trivia", "Other"].map((label) => numberCell("th", label, "col")),
      ),
    ),
    el(
      "tbody",
      {},
      rows.map(([label, ...values]) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, label),
          values.map((value) => numberCell("td", score(value))),
        ),
      ),
    ),
  );
}

const numberCell = (tag, text, scope = null) => el(tag, { "data-kind": "number", scope }, text);
