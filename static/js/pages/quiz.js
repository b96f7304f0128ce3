/** What a quiz is and what holds in it, before somebody takes it alone. */

import { call, get } from "../lib/api.js";
import { byId, el, setText } from "../lib/dom.js";
import { dateAndTime, lasting as lastingWords, number, score } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { showIn } from "../lib/page.js";
import { requireUser, userId } from "../lib/session.js";
import { poster, tallPoster } from "../lib/shapes.js";
import { showSite } from "../lib/site.js";
import { lasting } from "../lib/store.js";

const id = decodeURIComponent(location.pathname.split("/")[2]);
const api = `/quizzes/${encodeURIComponent(id)}`;
const here = `/quiz/${encodeURIComponent(id)}`;
const kept = `attempt.${userId()}.${id}`;
const ATTEMPTED = 400;
const GONE = "There is no attempt of yours to go on with.";

showSite();
if (requireUser()) showIn(byId("quiz"), draw, { href: "/explore", label: "Explore quizzes" });

async function draw() {
  const [quiz, profile] = await Promise.all([get(api), get("/users/me")]);
  document.title = `${quiz.title} · Quizzler`;
  return el(
    "article",
    { class: "quiz" },
    tallPoster(quiz.title, "quiz-art quiz-art-tall"),
    poster(quiz.title, "quiz-art quiz-art-wide"),
    el(
      "div",
      { class: "quiz-words" },
      quiz.topic && el("p", { class: "quiz-topic" }, quiz.topic),
      el("h1", {}, quiz.title),
      quiz.description && el("p", { class: "quiz-description" }, quiz.description),
      facts(quiz),
      rules(quiz),
      steps(quiz, profile),
    ),
  );
}

function facts(quiz) {
  return el(
    "dl",
    { class: "quiz-facts" },
    fact(number(quiz.question_count), quiz.question_count === 1 ? "question" : "questions"),
    fact(...lastingWords(quiz.duration).split(" ")),
    fact(score(quiz.positive_mark), "for a right answer"),
    fact(quiz.negative_mark ? `−${score(quiz.negative_mark)}` : "0", "for a wrong one"),
  );
}

const fact = (value, label) => el("div", {}, el("dt", {}, label), el("dd", {}, value));

function rules(quiz) {
  return el(
    "ul",
    { class: "quiz-rules" },
    quiz.navigation_type === "linear"
      ? rule("path", "Only forward", "You see one question after the other and cannot go back to one.")
      : rule("list", "In any order", "You may go back and change answers until you hand in."),
    rule(
      "clock",
      "The clock runs from the start",
      "When the time is over your answers are handed in by themselves. You can take this quiz once.",
    ),
    quiz.tab_switch_exit &&
      rule(
        "door",
        "Leaving this tab hands in your answers",
        "At once, and for good. Another tab, another app and a locked phone count as leaving; reloading does not.",
        "warning",
      ),
  );
}

const rule = (name, title, text, level = "") =>
  el(
    "li",
    { class: "quiz-rule", "data-level": level },
    icon(name, 26),
    el("div", {}, el("h3", {}, title), el("p", { class: "soft" }, text)),
  );

/** What can be done now. */
function steps(quiz, profile) {
  const isGone = new URLSearchParams(location.search).has("gone");
  const problem = el("p", { class: "notice notice-wrong", role: "alert", hidden: !isGone }, isGone && GONE);
  return [
    el("div", { class: "row quiz-steps" }, mainStep(quiz, profile, problem), otherSteps(quiz, profile, problem)),
    problem,
  ];
}

function mainStep(quiz, { quiz_history: history }, problem) {
  if (history.some((attempt) => attempt.quiz_id === quiz.id))
    return big("a", { href: `${here}/result` }, "See your result");
  if (lasting.get(kept)) return big("a", { href: `${here}/take` }, "Go on");
  if (quiz.status === "assigned") return el("p", { class: "notice" }, `Opens on ${dateAndTime(quiz.start_time)}.`);
  if (quiz.status === "ended") return el("p", { class: "notice" }, `Closed since ${dateAndTime(quiz.end_time)}.`);
  if (!quiz.question_count) return el("p", { class: "notice" }, "This quiz has no questions yet.");
  const closes =
    quiz.end_time && el("p", { class: "soft quiz-closes" }, `Open until ${dateAndTime(quiz.end_time)}`);
  return [
    big("button", { type: "button", onclick: (event) => start(event.currentTarget, problem) }, "Start"),
    closes,
  ];
}

function otherSteps(quiz, { user }, problem) {
  const own = quiz.creator_id === user.id;
  // Until it opens, its right answers are its author's.
  const forAll = quiz.is_trivia && (own || quiz.status !== "assigned");
  return [
    own &&
      el(
        "a",
        { class: "button button-line button-big", href: `/library/${encodeURIComponent(id)}/results` },
        "Results",
      ),
    forAll &&
      el(
        "a",
        { class: "button button-line button-big", href: `/host/new?quiz_id=${encodeURIComponent(id)}` },
        "Host it",
      ),
    (forAll || own) &&
      el(
        "button",
        {
          class: "button button-quiet",
          type: "button",
          onclick: (event) => copy(event.currentTarget, problem),
        },
        icon("copy", 18),
        "Copy into my quizzes",
      ),
  ];
}

const big = (tag, attributes, words) => el(tag, { class: "button button-ink button-big", ...attributes }, words);

function start(button, problem) {
  return doing(button, problem, async () => {
    try {
      const attempt = await call("POST", `${api}/start`, { body: {} });
      lasting.set(kept, { session: attempt.session_id, answers: {}, position: 0, reason: null });
    } catch (error) {
      // Begun already: on another device, or by a request whose answer was lost. That page knows where to go on.
      if (error.status !== ATTEMPTED || !/already attempted/.test(error.message)) throw error;
    }
    location.assign(`${here}/take`);
  });
}

function copy(button, problem) {
  return doing(button, problem, async () => {
    const { quiz_id: copied } = await call("POST", `${api}/copy`, { body: {} });
    location.assign(`/library/${encodeURIComponent(copied)}`);
  });
}

async function doing(button, problem, what) {
  button.disabled = true;
  problem.hidden = true;
  try {
    await what();
  } catch (error) {
    problem.hidden = false;
    setText(problem, error.message);
    button.disabled = false;
  }
}
