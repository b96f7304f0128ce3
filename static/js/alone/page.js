/** Taking a quiz alone: the state is drawn, what the person does goes through `reduce`, the end goes to the server. */

import { get } from "../lib/api.js";
import { ask } from "../lib/ask.js";
import { clockFace, now, secondsLeft } from "../lib/clock.js";
import { byId, el, replace, setStyles, setText } from "../lib/dom.js";
import { showIn } from "../lib/page.js";
import { requireUser, userId } from "../lib/session.js";
import { colouredShape } from "../lib/shapes.js";
import { lasting } from "../lib/store.js";
import { handIn } from "./hand_in.js";
import { openKeeper } from "./keeper.js";
import { watchLeaving } from "./leaving.js";
import { mountMap } from "./map.js";
import { mountQuestion } from "./question.js";
import { INITIAL, reduce, toKeep } from "./state.js";
import { handingIn, leftOpen, timeAnnouncement } from "./words.js";

const main = byId("main");
const desk = el("div", { class: "take-desk take-frame" });
const quizId = decodeURIComponent(location.pathname.split("/")[2]);
const quizPath = `/quiz/${encodeURIComponent(quizId)}`;
const keptKey = `attempt.${userId()}.${quizId}`;
const NOT_STARTED = 404;
const HANDED_IN = 400;

let state = INITIAL;
let screen = "";
let parts = [];
let keeper = null;
let sending = null;

if (requireUser()) showIn(main, open);

async function open() {
  const attempt = await running();
  const leftBefore = watchLeaving(() => tell({ type: "hand_in", reason: "left" }), {
    counts: attempt.quiz.tab_switch_exit,
    key: `left.${attempt.session_id}`,
    isOn: () => state.phase === "answering",
  });
  keeper = openKeeper({
    quizId,
    onKept: (answers) => tell({ type: "kept", answers }),
    onFailed: (error) =>
      tell(error.status === HANDED_IN ? { type: "hand_in", reason: "over" } : { type: "not_kept" }),
  });
  tell({ type: "opened", attempt, kept: lasting.get(keptKey), received_at: now() });
  if (leftBefore) tell({ type: "hand_in", reason: "left" });
  setInterval(drawTime, 200);
  // A screen that goes dark while somebody thinks would count as leaving.
  navigator.wakeLock?.request("screen").catch(() => {});
  return [desk];
}

/** The attempt that is under way; leads to where there is something to see if there is none. */
async function running() {
  try {
    return await get(`/quizzes/${encodeURIComponent(quizId)}/attempt`);
  } catch (error) {
    if (error.status === HANDED_IN) location.replace(`${quizPath}/result`);
    else if (error.status === NOT_STARTED) {
      lasting.remove(keptKey);
      location.replace(`${quizPath}?gone`);
    }
    else throw error;
    return new Promise(() => {});
  }
}

function tell(action) {
  const before = state;
  state = reduce(state, action);
  if (state === before) return;
  if (state.phase !== "done") lasting.set(keptKey, toKeep(state));
  if (state.keeping === "changed" && state.answers !== before.answers) keeper.keep(state.answers);
  if (state.phase === "handing_in" && !sending) send();
  draw();
}

function send() {
  keeper.stop();
  document.querySelector("dialog[open]")?.close("no");
  sending = handIn({
    quizId,
    answers: state.answers,
    onTrouble: (trouble) => tell({ type: "trouble", ...trouble }),
    onDone() {
      tell({ type: "done" });
      lasting.remove(keptKey);
      location.replace(`${quizPath}/result`);
    },
  });
}

async function finish() {
  if (await ask({ title: "Hand in now?", text: leftOpen(state), yes: "Hand in" }))
    tell({ type: "hand_in", reason: "asked" });
}

function draw() {
  const wanted = state.phase === "answering" ? "question" : "end";
  if (wanted !== screen) {
    for (const part of parts) part.leave?.();
    screen = wanted;
    desk.dataset.screen = wanted;
    parts = SCREENS[wanted]();
    replace(
      desk,
      parts.map((part) => part.element),
    );
    setText(byId("take-title"), state.quiz.title);
  }
  for (const part of parts) part.update(state);
  drawTime();
}

const actions = {
  choose: (letter) => tell({ type: "choose", letter }),
  go: (position) => tell({ type: "go", position }),
  finish,
};

const SCREENS = {
  question: () => [mountMap(actions), mountQuestion(actions)],
  end: () => [mountEnd()],
};

function mountEnd() {
  const title = el("h1", {});
  const text = el("p", { class: "take-end-text" });
  const trouble = el("p", { class: "notice notice-wrong", role: "alert", hidden: true });
  const again = el(
    "button",
    { class: "button button-ink button-big", type: "button", hidden: true, onclick: () => sending.again() },
    "Try again now",
  );
  return {
    element: el(
      "section",
      { class: "take-end" },
      el("div", { class: "empty-shapes" }, [0, 1, 2, 3].map(colouredShape)),
      title,
      text,
      trouble,
      again,
    ),
    update(next) {
      const words = handingIn(next);
      setText(title, words.title);
      setText(text, words.text);
      trouble.hidden = again.hidden = !words.trouble;
      setText(trouble, words.trouble);
    },
  };
}

function drawTime() {
  const clock = byId("take-clock");
  clock.hidden = state.phase !== "answering";
  if (clock.hidden) return;
  const left = secondsLeft(state);
  if (!left) return tell({ type: "hand_in", reason: "time" });
  setText(byId("take-seconds"), clockFace(left));
  clock.dataset.hurry = left <= 60;
  setStyles(byId("take-bar"), {
    transform: `scaleX(${Math.min(1, left / (60 * state.quiz.duration)).toFixed(4)})`,
  });
  setText(byId("announcer"), timeAnnouncement(left));
}
