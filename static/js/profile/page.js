/** One's own profile: who one is here, how it goes, and what to take next. */

import { get } from "../lib/api.js";
import { byId, el, replace } from "../lib/dom.js";
import { figure, figures } from "../lib/figures.js";
import { number, ordinal, plural, score } from "../lib/format.js";
import { empty, showIn } from "../lib/page.js";
import { aloneLink, quizCard } from "../lib/quiz_card.js";
import { requireUser } from "../lib/session.js";
import { colouredShape } from "../lib/shapes.js";
import { showSignedOut, showSite } from "../lib/site.js";
import { account } from "./account.js";
import { history } from "./history.js";
import { nameForm } from "./name.js";
import { pictures } from "./pictures.js";

const RECOMMENDED = 3;

showSite();
if (requireUser()) showIn(byId("profile"), draw);

async function draw() {
  const [profile, statistics] = await Promise.all([get("/users/me"), get("/results/stats/user")]);
  return [
    nameForm(profile.user),
    ...(profile.total_quizzes_attempted ? reached(profile, statistics) : [beginning()]),
    recommendations(profile.recommendations.slice(0, RECOMMENDED)),
    account(profile.user, sayGoodbye),
  ];
}

function sayGoodbye() {
  showSignedOut();
  replace(
    byId("profile"),
    empty(
      "Your account is deleted",
      "Thank you for having been here. To play you need none: a code and a name are enough.",
      el("a", { class: "button button-ink", href: "/" }, "To the start page"),
    ),
  );
  byId("main").focus();
}

const beginning = () =>
  empty(
    "Nothing to show yet",
    "Take a quiz alone, and this page fills: your rank, your topics, how you get better.",
    el("a", { class: "button button-ink", href: "/explore" }, "Pick a quiz"),
  );

function reached({ quiz_history: attempts, trivia_ranking: ranking, total_quizzes_attempted: count }, statistics) {
  return [
    figures(
      ranking
        ? figure(ordinal(ranking.rank), `of ${plural(ranking.total_users, "player")} in trivia`)
        : figure("–", "no trivia yet"),
      ranking && figure(score(Math.round(ranking.average_rating)), "average rating, of 120"),
      figure(number(count), count === 1 ? "quiz taken" : "quizzes taken"),
      figure(score(statistics.total_score), "score in all"),
    ),
    statistics.has_perfect_score &&
      el(
        "p",
        { class: "notice profile-perfect" },
        colouredShape(4),
        "You have answered a whole quiz without a mistake.",
      ),
    pictures(attempts, statistics),
    history(attempts),
  ];
}

function recommendations(quizzes) {
  return (
    quizzes.length > 0 &&
    el(
      "section",
      { class: "profile-section", "aria-labelledby": "next-title" },
      el("h2", { id: "next-title" }, "For you"),
      el(
        "div",
        { class: "cards" },
        quizzes.map((quiz) => quizCard(quiz, aloneLink(quiz, "button-ink"))),
      ),
    )
  );
}
