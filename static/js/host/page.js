/** The stage: the socket feeds the state, the state is drawn, what the host does goes back. */

import { get } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { byId, el, replace, setText } from "../lib/dom.js";
import { cleanCode, spacedCode } from "../lib/format.js";
import { freshToken, renewed } from "../lib/renewal.js";
import { forget, goToSignIn, requireUser, token } from "../lib/session.js";
import { openSocket, socketAddress } from "../lib/socket.js";
import { lasting, tab } from "../lib/store.js";
import { mountControls } from "./controls.js";
import { mountLobby } from "./lobby.js";
import { mountNotice } from "./notice.js";
import { mountPodium } from "./podium.js";
import { mountQuestion } from "./question.js";
import { mountRanking } from "./ranking.js";
import { mountResults } from "./results.js";
import { INITIAL, reduce } from "./state.js";
import { mountTyping } from "./typing.js";
import { announcement, connectionBanner } from "./words.js";

const SIGNED_OUT = 1008;
const PROBLEM_SHOWN = 6000; // milliseconds: it is on the wall, and most are over at once
const ASKED_AGAIN = 3000; // milliseconds
const SCREENS = {
  lobby: mountLobby,
  question: mountQuestion,
  results: mountResults,
  ranking: mountRanking,
  podium: mountPodium,
  typing: mountTyping,
  notice: mountNotice,
};

const main = byId("main");
const joinBase = byId("stage").dataset.joinBase;
const asked = location.pathname.split("/")[2];
const quizId = new URLSearchParams(location.search).get("quiz_id");

let state = INITIAL;
let screen = "";
let update = () => {};
let leave = () => {};
let socket = null;
let scheduled = 0;
let forgetting = 0;
let shown = null; // the token that the socket came with

const actions = {
  send: (message) => socket?.send(message) ?? false,
  tell,
  joinBase,
  switchTheme,
  here: connect,
};
const updateControls = mountControls(byId("controls"), actions);

document.documentElement.dataset.theme = lasting.get("stage-theme") ?? "dark";
if (requireUser()) start();

async function start() {
  if (asked === "new") return connect();
  const code = cleanCode(asked);
  const end = tab.get(`stage-end.${code}`);
  if (end) {
    state = end.reduce(reduce, INITIAL);
    return draw();
  }
  draw();
  try {
    // A socket with a code that no room has would open another room: better to say that this one is gone.
    const room = await get(`/realtime/rooms/validate/${code}`);
    if (!room.valid) return tell({ type: "gone", room_code: code });
    connect();
  } catch (error) {
    tell({ type: "error", message: error.message });
    setTimeout(start, ASKED_AGAIN);
  }
}

function connect() {
  const wanted = quizId ?? state.quizId;
  socket = openSocket({
    address: async () => {
      shown = await freshToken().catch(token);
      return socketAddress(`/realtime/ws/host/${state.room || (asked === "new" ? asked : cleanCode(asked))}`, {
        token: `Bearer ${shown}`,
        ...(wanted ? { quiz_id: wanted } : {}),
      });
    },
    heartbeat: Number(main.dataset.heartbeat),
    onMessage: (message) => tell({ ...message, received_at: now() }),
    onStatus: (status) => tell({ type: "connection", status }),
  });
}

function tell(message) {
  const before = state;
  state = reduce(state, message);
  if (message.type === "room_created") history.replaceState(null, "", `/host/${state.room}`);
  if (message.type === "game_over") rememberEnd(message);
  if (message.type === "error" && message.message) forgetProblemLater();
  if (message.type === "connection" && message.status.state === "refused") refused(message.status);
  // A hall that comes in at once is drawn once a frame, not once a player.
  if (state !== before && !scheduled) scheduled = requestAnimationFrame(draw);
}

function forgetProblemLater() {
  clearTimeout(forgetting);
  forgetting = setTimeout(() => tell({ type: "error", message: "" }), PROBLEM_SHOWN);
}

/** The podium stays on the wall through a reload: the room is gone by then. */
function rememberEnd(gameOver) {
  const { room, quizId: quiz, quizTitle, playerCount } = state;
  const roomState = {
    type: "room_state",
    room_code: room,
    phase: "over",
    quiz_id: quiz,
    quiz_title: quizTitle,
    question_index: state.questionIndex,
    question_count: state.questionCount,
    players: [],
    player_count: playerCount,
  };
  tab.set(`stage-end.${room}`, [roomState, gameOver]);
}

function refused({ code, reason }) {
  if (code === SIGNED_OUT && /authentication/i.test(reason)) return comeBackOrSignIn();
  state = { ...state, phase: state.room ? "closed" : "refused", closedReason: reason };
}

/** The token is dead: of age, or because the password was changed in another tab, which has a new one then. */
async function comeBackOrSignIn() {
  try {
    if (await renewed(shown)) return connect();
  } catch {
    return setTimeout(comeBackOrSignIn, ASKED_AGAIN);
  }
  forget();
  goToSignIn();
}

function switchTheme() {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  lasting.set("stage-theme", theme);
}

function draw() {
  scheduled = 0;
  const wanted = screenOf(state);
  if (wanted !== screen) {
    leave(state);
    screen = wanted;
    const name = wanted.split(":")[0];
    byId("stage").dataset.screen = name;
    replace(main);
    ({ update = () => {}, leave = () => {} } = SCREENS[name](main, state, actions));
  }
  update(state);
  updateControls(state);
  drawFrame();
}

function screenOf({ phase, view, typing, question, results, connection }) {
  if (phase === "over") return "podium";
  if (["opening", "closed", "gone", "refused"].includes(phase) || connection.state === "elsewhere") return "notice";
  if (phase === "lobby") return typing ? "typing" : "lobby";
  if (!question) return "notice"; // a host who comes back is told the phase first and the question next
  if (phase === "question") return `question:${question.index}`;
  if (typing) return "typing";
  return results ? `${view}:${question.index}` : "notice";
}

function drawFrame() {
  setText(byId("stage-title"), state.quizTitle);
  const join = byId("stage-join");
  join.hidden = !["question", "reveal"].includes(state.phase) || state.typing;
  if (join.dataset.code !== state.room) {
    join.dataset.code = state.room;
    replace(
      join,
      el("span", {}, `${joinBase.replace(/^https?:\/\//, "")}/join`),
      el("strong", {}, spacedCode(state.room)),
    );
  }
  const banner = connectionBanner(state);
  const line = byId("connection");
  line.hidden = !banner;
  line.dataset.level = banner?.level ?? "";
  setText(line, banner?.text ?? "");
  setText(byId("announcer"), announcement(state));
}
