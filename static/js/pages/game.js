/** The report of one game: the ranking, and how the room answered each question. */

import { get } from "../lib/api.js";
import { byId, el } from "../lib/dom.js";
import { dateAndTime, number, percent, plural } from "../lib/format.js";
import { figure } from "../lib/figures.js";
import { icon } from "../lib/icons.js";
import { showIn } from "../lib/page.js";
import { requireUser } from "../lib/session.js";
import { shape } from "../lib/shapes.js";
import { showSite } from "../lib/site.js";

const FIRST_SHOWN = 10;

showSite();
if (requireUser()) showIn(byId("game"), report, { href: "/games", label: "Past games" });

async function report() {
  const game = await get(`/results/games/${location.pathname.split("/")[2]}`);
  const answers = game.questions.flatMap((question) => question.answers);
  const right = answers.filter((answer) => answer.correct).length;
  return [
    el(
      "div",
      { class: "page-head" },
      el(
        "div",
        {},
        el("p", { class: "soft" }, el("a", { href: "/games" }, "Past games")),
        el("h1", {}, game.quiz_title || "Questions on the spot"),
        el("p", { class: "soft" }, `${dateAndTime(game.started_at)}, room ${game.room_code}`),
      ),
    ),
    el(
      "dl",
      { class: "figures" },
      figure(number(game.player_count), game.player_count === 1 ? "player" : "players"),
      figure(number(game.question_count), game.question_count === 1 ? "question" : "questions"),
      figure(number(answers.length), answers.length === 1 ? "answer" : "answers"),
      figure(answers.length ? `${percent(right, answers.length)}%` : "–", "right"),
    ),
    el(
      "div",
      { class: "report" },
      el(
        "section",
        { "aria-labelledby": "ranking-title" },
        el("h2", { id: "ranking-title" }, "Ranking"),
        ranking(game.players),
      ),
      el(
        "section",
        { "aria-labelledby": "questions-title" },
        el("h2", { id: "questions-title" }, "Questions"),
        game.questions.map((question) => questionCard(question, game.player_count)),
      ),
    ),
  ];
}

function ranking(players) {
  const list = el("ol", { class: "report-ranks" }, players.slice(0, FIRST_SHOWN).map(rankRow));
  const rest = players.slice(FIRST_SHOWN);
  if (!players.length) return el("p", { class: "soft" }, "Nobody played.");
  if (!rest.length) return list;
  return [
    list,
    el(
      "button",
      {
        class: "button button-line button-wide",
        type: "button",
        onclick: (event) => {
          list.append(...rest.map(rankRow));
          event.target.remove();
        },
      },
      `Show all ${number(players.length)}`,
    ),
  ];
}

const rankRow = ({ rank, name, score }) =>
  el(
    "li",
    { "data-rank": rank },
    el("span", { class: "report-rank" }, rank),
    el("span", { class: "report-name" }, name),
    el("span", {}, number(score)),
  );

function questionCard(question, players) {
  const { answers } = question;
  const right = answers.filter((answer) => answer.correct);
  const quickest = right.length ? Math.min(...right.map((answer) => answer.seconds)) : null;
  const facts = [
    `${plural(answers.length, "answer")} from ${plural(players, "player")}`,
    answers.length ? `${percent(right.length, answers.length)}% right` : "",
    quickest === null ? "" : `quickest right answer ${quickest.toFixed(2)} s`,
  ].filter(Boolean);
  return el(
    "article",
    { class: "report-question" },
    el("h3", {}, `${question.question_index + 1}. ${question.question}`),
    el(
      "ol",
      { class: "report-options" },
      question.options.map((option, index) => optionRow(option, index, question)),
    ),
    el("p", { class: "soft" }, facts.join(", ")),
  );
}

function optionRow(option, index, { correct_answer: correct, answers }) {
  const count = answers.filter((answer) => answer.option === index).length;
  const isRight = index === correct;
  return el(
    "li",
    {
      class: "report-option",
      "data-answer": index,
      "data-right": isRight,
      style: { "--share": answers.length ? count / answers.length : 0 },
    },
    el("span", { class: "report-badge" }, shape(index)),
    el("span", { class: "report-text" }, option, isRight && el("span", { class: "visually-hidden" }, " (right)")),
    isRight && icon("check", 20),
    el("strong", {}, number(count)),
  );
}
