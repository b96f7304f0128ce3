/** How somebody did in a quiz taken alone: the score, the place among the others, and every question again. */

import { get } from "../lib/api.js";
import { celebrate } from "../lib/confetti.js";
import { byId, el } from "../lib/dom.js";
import { figure, figures } from "../lib/figures.js";
import { dateAndTime, lasting, number, ordinal, percent, plural, score } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { empty, showIn } from "../lib/page.js";
import { requireUser } from "../lib/session.js";
import { letter, shape } from "../lib/shapes.js";
import { showSite } from "../lib/site.js";
import { table } from "../lib/table.js";

const id = encodeURIComponent(decodeURIComponent(location.pathname.split("/")[2]));
const NOT_HANDED_IN = 404;
const LETTERS = "abcdef";
const OTHERS_ASKED = 100;
const OTHERS_SHOWN = 10;

showSite();
if (requireUser()) showIn(byId("result"), draw, { href: "/explore", label: "Explore quizzes" });

async function draw() {
  let result;
  try {
    result = await get(`/results/${id}/my-result`);
  } catch (error) {
    if (error.status !== NOT_HANDED_IN || /no such quiz/.test(error.message)) throw error;
    return empty(
      "No result yet",
      error.message,
      el("a", { class: "button button-ink", href: `/quiz/${id}` }, "Go to the quiz"),
    );
  }
  document.title = `${result.quiz_title}, your result · Quizzler`;
  const others = await standings(result);
  if (result.correct_count === result.total_questions && !result.late) celebrate(document.body);
  return [
    head(result),
    figures(
      figure(score(result.score), `of ${score(result.max_score)}`),
      figure(`${percent(result.correct_count, result.total_questions)}%`, "right"),
      figure(...lastingFigure(result.time_taken_minutes)),
      place(others) ?? figure(`${Object.keys(result.answers).length}/${result.total_questions}`, "answered"),
    ),
    el(
      "div",
      { class: `result ${others ? "" : "result-alone"}` },
      el(
        "section",
        { "aria-labelledby": "answers-title" },
        el("h2", { id: "answers-title" }, "Question by question"),
        Object.entries(result.questions).map(([question, asked], index) =>
          questionCard(asked, index, result.answers[question], result.correct_answers[question]),
        ),
      ),
      others && leaderboard(others, result),
    ),
  ];
}

function head(result) {
  return el(
    "div",
    { class: "page-head" },
    el(
      "div",
      { class: "result-head" },
      el("p", { class: "soft" }, el("a", { href: `/quiz/${id}` }, result.quiz_title)),
      el("h1", {}, verdict(result)),
      el(
        "p",
        { class: "soft" },
        `${number(result.correct_count)} of ${plural(result.total_questions, "question")} right, `,
        `handed in on ${dateAndTime(result.submitted_at)}`,
      ),
      result.late &&
        el(
          "p",
          { class: "notice notice-wrong" },
          "Your answers reached the server after the time was over, so this attempt scores 0.",
        ),
    ),
  );
}

function verdict({ correct_count: right, total_questions: all, late }) {
  if (late) return "Too late";
  const share = right / all;
  if (share === 1) return "All of them!";
  if (share >= 0.8) return "Very well done";
  if (share >= 0.5) return "Well done";
  return share > 0 ? "Room to grow" : "Next time";
}

function lastingFigure(minutes) {
  const [value, unit] = lasting(minutes).split(" ");
  return [value, `${unit} taken`];
}

/** The leaderboard, which everybody may see of trivia alone; null otherwise, and where it is not to be had. */
async function standings({ rating }) {
  if (rating === null) return null;
  try {
    const [board, { id: me }] = await Promise.all([
      get(`/results/leaderboards/quiz/${id}?limit=${OTHERS_ASKED}`),
      get("/auth/me"),
    ]);
    return { ...board, own: board.leaderboard.find((entry) => entry.user_id === me) ?? null };
  } catch {
    return null;
  }
}

const place = (others) =>
  others?.own && figure(ordinal(others.own.rank), `of ${plural(others.total_participants, "player")}`);

function leaderboard({ leaderboard: entries, own, total_participants: total }, result) {
  const board = table("The best in this quiz", [
    { label: "Rank", kind: "rank", cell: ({ rank }) => number(rank) },
    {
      label: "Name",
      kind: "name",
      // Whose account is gone has no id.
      cell: ({ user_name: name, user_id: user }) => (user ? name : el("span", { class: "soft" }, name)),
    },
    { label: "Score", kind: "number", cell: (entry) => score(entry.score) },
  ]);
  const best = entries.slice(0, OTHERS_SHOWN);
  const shown = own && !best.includes(own) ? [...best, own] : best;
  board.body.append(...shown.map((entry) => board.row(entry, { "data-own": entry === own })));
  const rest = total - shown.length;
  return el(
    "section",
    { class: "result-others", "aria-labelledby": "others-title" },
    el("h2", { id: "others-title" }, "Leaderboard"),
    board.element,
    rest > 0 && el("p", { class: "soft" }, `and ${plural(rest, "other", "others")}`),
    el(
      "p",
      { class: "soft" },
      `Your rating here is ${number(result.rating)}: up to 100 for the score, up to 20 for speed.`,
    ),
    el("a", { class: "button button-line", href: "/leaderboard" }, "All quizzes"),
  );
}

function questionCard(question, index, given, correct) {
  const verdictOf = given === undefined ? "none" : given === correct ? "right" : "wrong";
  return el(
    "article",
    { class: "result-question" },
    el(
      "header",
      { class: "result-question-head" },
      el("h3", {}, `${index + 1}. ${question.question_text}`),
      el(
        "p",
        { class: "tag", "data-level": verdictOf },
        { right: "Right", wrong: "Not right", none: "Not answered" }[verdictOf],
      ),
    ),
    el(
      "ol",
      { class: "result-options" },
      question.options.map((option, place) =>
        optionRow(option, place, { given: LETTERS[place] === given, right: LETTERS[place] === correct }),
      ),
    ),
    question.explanation && el("p", { class: "result-why" }, question.explanation),
  );
}

function optionRow(option, index, { given, right }) {
  const words = given && right ? "your answer, right" : given ? "your answer" : right ? "right" : "";
  return el(
    "li",
    { class: "result-option", "data-answer": index, "data-given": given, "data-right": right },
    el("span", { class: "result-badge" }, shape(index), el("span", { class: "visually-hidden" }, letter(index))),
    el("span", { class: "result-text" }, option),
    words && el("span", { class: "result-mark" }, icon(right ? "check" : "cross", 18), words),
  );
}
