/** What a phone says about itself, in sentences that are true. */

import { number, ordinal } from "../lib/format.js";
import { letter } from "../lib/shapes.js";
import { nobodyScored, unsaved } from "./state.js";

const REFUSED = {
  already_answered: "You had already answered. Your first answer counts.",
  too_late: "Too late: this answer does not count.",
  no_question: "There is no open question. This answer does not count.",
  invalid: "The server did not understand this answer. It does not count.",
};

/** `{level, text}` where something about the connection should be known, or null. */
export function connectionBanner(state) {
  const { connection } = state;
  if (state.phase === "over" || state.phase === "closed" || connection.state === "elsewhere") return null;
  const kept = unsaved(state) ? " Your answer is sent as soon as we are back." : "";
  if (state.restarting) return { level: "wait", text: `The server restarts. One moment…${kept}` };
  if (connection.state === "waiting") {
    return { level: "lost", text: `No connection. Trying again…${kept}` };
  }
  if (connection.state === "open" && !state.hostConnected)
    return { level: "wait", text: "Your host has lost the connection. Hang on." };
  return state.problem ? { level: "lost", text: state.problem } : null;
}

/** What has become of the person's answer. */
export function answerStatus({ answer, connection }) {
  if (!answer) return { level: "none", text: "" };
  if (answer.status === "saving") {
    return connection.state === "open"
      ? { level: "saving", text: "Saving…" }
      : { level: "saving", text: "Not saved yet" };
  }
  if (answer.status === "refused")
    return { level: "refused", text: REFUSED[answer.reason] ?? "This answer does not count." };
  return answer.status === "noted" ? { level: "saved", text: "Noted" } : { level: "saved", text: "Saved" };
}

/** For those who listen to the page. */
export function announcement(state) {
  if (state.phase === "question" && !state.question) return "";
  if (state.phase === "question" && state.answer)
    return `Your answer ${letter(state.answer.option)}: ${answerStatus(state).text}`;
  if (state.phase === "question") return `Question ${state.question.index + 1}: ${state.question.text}`;
  if (state.phase === "reveal" && state.result) {
    const { correct, points, rank, players } = state.result;
    const verdict = correct ? `Right, ${number(points)} points` : "Not right";
    return `${verdict}. You are ${ordinal(rank)} of ${number(players)}.`;
  }
  if (state.gameOver && nobodyScored(state.gameOver)) return "The quiz is over. Nobody has points.";
  if (state.gameOver)
    return `The quiz is over. You are ${ordinal(state.gameOver.rank)} of ${number(state.gameOver.players)}.`;
  return "";
}
