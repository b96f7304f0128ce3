/** A player's phone: the socket feeds the state, the state is drawn, what the person does goes back. */

import { now } from "../lib/clock.js";
import { byId, replace, setText } from "../lib/dom.js";
import { cleanCode, number } from "../lib/format.js";
import { openSocket, socketAddress } from "../lib/socket.js";
import { tab } from "../lib/store.js";
import { announcement, connectionBanner } from "./words.js";
import { pass } from "./pass.js";
import { INITIAL, reduce, unsaved } from "./state.js";
import { mountEnd } from "./end.js";
import { mountQuestion } from "./question.js";
import { mountResult } from "./result.js";
import { mountWaiting } from "./waiting.js";

const code = cleanCode(location.pathname.split("/")[2] ?? "");
const main = byId("main");
const mine = pass(code);
const pendingKey = `pending.${code}`;
const endKey = `end.${code}`;

const NOT_HERE = 1003;
const SCREENS = { waiting: mountWaiting, question: mountQuestion, result: mountResult, end: mountEnd };

let state = INITIAL;
let screen = "";
let update = () => {};
let leave = () => {};
let socket = null;

export function play() {
  const end = tab.get(endKey);
  if (end) {
    state = end.reduce(reduce, INITIAL);
    return draw();
  }
  if (!mine.credentials()) return location.replace(`/join/${code}`);
  const pending = tab.get(pendingKey);
  if (pending) tell({ type: "restored", pending });
  connect();
}

function connect() {
  socket = openSocket({
    address: () => socketAddress(`/realtime/ws/player/${code}`, mine.credentials()),
    heartbeat: Number(main.dataset.heartbeat),
    onMessage: (message) => tell({ ...message, received_at: now() }),
    onStatus: (status) => tell({ type: "connection", status }),
  });
}

function tell(message) {
  const before = state;
  state = reduce(state, message);
  afterwards(message);
  if (state !== before) draw();
}

/** What must be remembered or said because of a message. */
function afterwards(message) {
  if (message.type === "welcome") mine.keep(message.resume_token, message.name);
  if (message.type === "question" && unsaved(state)) socket.send(unsaved(state));
  if (message.type === "connection" && ["refused", "ended"].includes(message.status.state))
    turnedAway(message.status);
  if (message.type === "game_over" || message.type === "room_closed") rememberEnd();
  if (unsaved(state)) tab.set(pendingKey, state.answer);
  else if (message.type === "answer_ack" || message.type === "question") tab.remove(pendingKey);
}

/** The end of a game stays on the phone through a reload: the room is gone by then. */
function rememberEnd() {
  const { name, room, score, quizTitle, gameOver, closedReason } = state;
  const over = { type: "game_over", ...gameOver };
  const welcome = {
    type: "welcome",
    room_code: room,
    name,
    score,
    quiz_title: quizTitle,
    phase: "over",
    resume_token: "",
  };
  tab.set(endKey, gameOver ? [welcome, over] : [welcome, { type: "room_closed", reason: closedReason }]);
  mine.forget();
}

/** Who may not come in goes back to the door with the server's sentence. A limit may pass: the pass is kept. */
function turnedAway(status) {
  if (state.phase === "over" || state.phase === "closed") return;
  if (status.code === NOT_HERE && !state.welcomed) {
    mine.forget();
    tab.set("refusal", status.reason || "The room did not let you in. Please try again.");
    location.replace(`/join/${code}`);
    return;
  }
  state = reduce(state, { type: "turned_away", reason: status.reason });
}

function choose(option) {
  if (state.phase !== "question" || state.answer) return;
  tell({ type: "chosen", option, answer_id: answerId() });
  socket.send(unsaved(state));
}

/** `crypto.randomUUID` is for secure origins only; a phone on a local network has none. */
function answerId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}

/** The seat is somebody else's from now on: this phone cannot come back to it, and the room sees it empty. */
function giveUpSeat() {
  socket.close();
  mine.forget();
  location.replace(`/join/${code}`);
}

function draw() {
  const wanted = screenOf(state);
  if (wanted !== screen) show(wanted);
  update(state);
  drawFrame();
}

function show(wanted) {
  const isFirst = !screen;
  const kind = wanted.split(":")[0];
  leave();
  screen = wanted;
  document.body.dataset.screen = kind;
  replace(main);
  const frame = { clock: byId("play-clock"), choose, giveUpSeat, playHere: connect };
  ({ update = () => {}, leave = () => {} } = SCREENS[kind](main, state, frame));
  if (isFirst) return;
  // What was in focus is gone; and a new screen is read from its top, however far the last one was scrolled.
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function screenOf({ phase, question, connection, gameOver }) {
  if (gameOver || phase === "closed") return "end";
  if (connection.state === "elsewhere") return "waiting";
  if (phase === "question" && question) return `question:${question.index}`;
  return phase === "reveal" && question ? `result:${question.index}` : "waiting";
}

function drawFrame() {
  setText(byId("play-name"), state.name);
  const score = byId("play-score");
  score.hidden = !state.welcomed || state.phase === "lobby";
  setText(score, number(state.score));
  const banner = connectionBanner(state);
  const line = byId("connection");
  line.hidden = !banner;
  line.dataset.level = banner?.level ?? "";
  setText(line, banner?.text ?? "");
  setText(byId("announcer"), announcement(state));
}
