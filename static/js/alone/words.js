/** What a quiz taken alone says about itself, in sentences that are true. */

import { plural } from "../lib/format.js";
import { answeredCount } from "./state.js";

/** Where the answers are. `{level, text}`. */
export function keepingLine({ keeping, answers }) {
  if (keeping === "changed") return { level: "saving", text: "Saving…" };
  if (keeping === "lost")
    return { level: "lost", text: "The server cannot be reached. Your answers are kept on this device." };
  return Object.keys(answers).length ? { level: "saved", text: "Saved" } : { level: "none", text: "" };
}

/** What becomes of one who hands in now; for the dialog that asks. */
export function leftOpen({ questions, ...state }) {
  const open = questions.length - answeredCount({ questions, ...state });
  if (!open) return "All questions are answered. After this nothing can be changed.";
  return `${plural(open, "question")} ${open === 1 ? "is" : "are"} not answered. After this nothing can be changed.`;
}

const REASONS = {
  asked: "Handing in",
  time: "Time is up",
  left: "You left the tab",
  over: "This quiz is over for you",
};

const WHY = {
  asked: "Your answers are on their way.",
  time: "Your answers are handed in as they are.",
  left: "In this quiz that hands in the answers, as announced before the start.",
  over: "It was handed in on another device, or its time is up.",
};

/** The screen while it is handed in: `{title, text, trouble}`. */
export function handingIn({ reason, trouble }) {
  if (!trouble) return { title: REASONS[reason], text: WHY[reason], trouble: "" };
  const text = reason === "asked" ? "" : `${REASONS[reason]}. ${WHY[reason]}`;
  const said = trouble.sentence;
  if (trouble.hopeless) return { title: "Not handed in", text, trouble: said };
  const safe = "Your answers are kept on this device and sent again by themselves; leave this page open.";
  return { title: "Not handed in yet", text, trouble: `${said} ${safe}` };
}

/** For those who listen to the page: the last minutes. */
export function timeAnnouncement(seconds) {
  if (seconds > 300) return "";
  if (seconds > 60) return "Five minutes left, or less.";
  return seconds > 0 ? "One minute left, or less." : "Time is up.";
}
