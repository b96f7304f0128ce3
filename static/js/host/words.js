/** What the stage says about itself, in sentences that are true. */

import { plural, sentence } from "../lib/format.js";
import { letter } from "../lib/shapes.js";

// What the server says where there is no more to say, and what the host who reads it has done themselves.
const KNOWN = ["", "The room is closed", "The host ended the game"];
const NOTHING_PLAYED = "Nothing was played, so there is no podium.";

/** `{level, text}` where the host should know something about the connection, or null. */
export function connectionBanner(state) {
  const { connection, phase, problem, replacedRoom, room, restarting, durable } = state;
  if (["over", "closed", "gone", "refused"].includes(phase)) return null;
  if (restarting) return { level: "wait", text: "The server restarts. One moment…" };
  if (problem) return { level: "lost", text: problem };
  if (connection.state === "waiting") return { level: "lost", text: "No connection to the server. Trying again…" };
  if (!durable)
    return { level: "wait", text: "The database is away. The game goes on; answers are being kept in memory." };
  if (someWait(state))
    return {
      level: "wait",
      text: "People are turned away: too many come from one network. “Let them in” below allows it.",
    };
  if (replacedRoom)
    return { level: "wait", text: `Room ${replacedRoom} has ended, see Past games. This is a new room: ${room}.` };
  return null;
}

/** Whether people stand at the door whom the host could let in. */
export const someWait = ({ turnedAway, sharedAddress }) => turnedAway > 0 && !sharedAddress;

/** For those who listen to the page. */
export function announcement({ phase, view, question, results, leaderboard, room, gameOver, typing }) {
  if (typing || (phase === "question" && !question)) return "";
  if (phase === "lobby") return `Room ${[...room].join(" ")} is open.`;
  if (phase === "question") return `Question ${question.index + 1}: ${question.text}`;
  if (phase === "reveal" && view === "ranking") return leaderboard[0] ? `${leaderboard[0].name} leads.` : "";
  if (phase === "reveal" && results) {
    const right = `${letter(results.correct)}, ${question.options[results.correct]}`;
    return `The right answer is ${right}. ${plural(results.right, "player")} had it.`;
  }
  if (phase === "over" && gameOver.podium[0]) return `${gameOver.podium[0].name} wins.`;
  return "";
}

/** What a host's room is called when it is not there, or not yet. */
export function noticeOf({ phase, connection, closedReason, problem }) {
  if (connection.state === "elsewhere") {
    return {
      title: "You are hosting in another place",
      text: "This room was opened in another tab or on another computer.",
      action: "here",
    };
  }
  if (phase === "gone")
    return {
      title: "This room is gone",
      text: "It was closed, or it ended. What was played is under Past games.",
      action: "leave",
    };
  if (phase === "closed")
    return {
      title: "The room is closed",
      text: closedText(connection, closedReason),
      action: "leave",
    };
  if (phase === "refused") return { title: "No room was opened", text: sentence(closedReason), action: "leave" };
  return { title: "Opening the room", text: problem, action: "" };
}

function closedText(connection, reason) {
  if (connection.state === "refused") return sentence(reason);
  return KNOWN.includes(reason) ? NOTHING_PLAYED : `${sentence(reason)} ${NOTHING_PLAYED}`;
}
