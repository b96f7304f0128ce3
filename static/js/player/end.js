/** The last screen: the own place, and who stands on the podium. */

import { celebrate } from "../lib/confetti.js";
import { el } from "../lib/dom.js";
import { number, ordinal, plural, sentence } from "../lib/format.js";
import { nobodyScored } from "./state.js";

export function mountEnd(root, state) {
  if (!state.gameOver) {
    root.append(
      el(
        "section",
        { class: "end" },
        el("h1", {}, titleOf(state)),
        el("p", { class: "end-line" }, sentence(state.closedReason, "Your host has ended it.")),
        state.turnedAway &&
          el(
            "button",
            { class: "button button-ink", type: "button", onclick: () => location.reload() },
            "Try again",
          ),
        again(),
      ),
    );
    return {};
  }
  const { podium, rank, score } = state.gameOver;
  const hasWinner = !nobodyScored(state.gameOver);
  const hasMedal = hasWinner && rank <= 3;
  root.append(
    el(
      "section",
      { class: "end", "data-medal": hasMedal ? rank : 0 },
      el("p", { class: "end-line" }, state.quizTitle || "The quiz is over"),
      hasWinner &&
        el("p", { class: "end-rank", style: { "--characters": ordinal(rank).length } }, ordinal(rank)),
      el("h1", {}, wordsFor(state.gameOver)),
      el("p", { class: "end-line" }, `${state.name}, ${plural(score, "point")}`),
      el(
        "ol",
        { class: "end-podium", "aria-label": "Podium" },
        podium.map((entry) =>
          el(
            "li",
            { "data-rank": entry.rank },
            el("span", { class: "end-place" }, entry.rank),
            el("span", { class: "end-name" }, entry.name),
            el("span", {}, number(entry.score)),
          ),
        ),
      ),
      again(),
    ),
  );
  return { leave: hasMedal ? celebrate(document.body) : () => {} };
}

function titleOf({ turnedAway, welcomed }) {
  if (!turnedAway) return "The room is closed";
  return welcomed ? "You are out of the room" : "You are not in yet";
}

function wordsFor({ podium, rank, players }) {
  if (nobodyScored({ podium })) return players > 1 ? "No points for anybody this time" : "No points this time";
  if (rank === 1) return players > 1 ? "You won!" : "You won, alone and fair";
  if (rank <= 3) return "On the podium!";
  return `of ${number(players)} players`;
}

const again = () => el("a", { class: "button button-line", href: "/" }, "Another code?");
