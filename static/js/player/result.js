/** What became of the answer: right or wrong, points, place. */

import { el, replace, setText } from "../lib/dom.js";
import { number, ordinal, plural } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { shape } from "../lib/shapes.js";
import { answerStatus } from "./words.js";

export function mountResult(root) {
  const mark = el("div", { class: "result-mark" });
  const title = el("h1", {});
  const points = el("p", { class: "result-points" });
  const note = el("p", { class: "result-note" });
  const right = el("div", { class: "result-right" });
  const place = el("div", { class: "result-place" });
  const section = el("section", { class: "result" }, mark, title, points, note, right, place);
  root.append(section);
  return {
    update(state) {
      const verdict = verdictOf(state);
      if (section.dataset.verdict !== verdict) {
        section.dataset.verdict = document.body.dataset.verdict = verdict;
        replace(
          mark,
          verdict === "right" ? icon("check", 72) : verdict === "wrong" ? icon("cross", 72) : icon("clock", 72),
        );
      }
      setText(title, TITLES[verdict]);
      setText(points, state.result?.correct ? `+${number(state.result.points)}` : "");
      setText(note, verdict === "refused" ? answerStatus(state).text : "");
      drawRight(right, state, verdict);
      drawPlace(place, state);
    },
    leave() {
      delete document.body.dataset.verdict;
    },
  };
}

const TITLES = {
  right: "Right!",
  wrong: "Not this time",
  none: "No answer",
  refused: "Not counted",
  wait: "Time’s up",
};

function verdictOf({ result, answer }) {
  if (!result) return "wait";
  if (result.correct) return "right";
  if (!answer || answer.status === "saving") return "none";
  return answer.status === "refused" && answer.reason !== "already_answered" ? "refused" : "wrong";
}

function drawRight(place, { question, correctAnswer, explanation }, verdict) {
  const option = question?.options[correctAnswer];
  if (option === undefined || place.dataset.drawn === verdict) return;
  place.dataset.drawn = verdict;
  replace(
    place,
    verdict !== "right" && el("p", { class: "result-label" }, "The right answer"),
    el("p", { class: "result-answer", "data-answer": correctAnswer }, shape(correctAnswer), el("span", {}, option)),
    explanation && el("p", { class: "result-why" }, explanation),
  );
}

function drawPlace(place, { result, score }) {
  if (!result) return replace(place, el("p", { class: "waiting-dots" }, "Counting"));
  return replace(
    place,
    el("p", { class: "result-rank" }, el("strong", {}, ordinal(result.rank)), ` of ${number(result.players)}`),
    el("p", { class: "result-score" }, plural(score, "point")),
  );
}
