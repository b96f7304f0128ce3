/**
 * What the stage knows, as a pure function of what it was told: `reduce(state, message) -> state`.
 *
 * Messages are the server's frames, each with `received_at` (our clock, Unix seconds), and three of our own:
 * `connection{status}` from the socket, `show{view}` and `typing{open}` from the host.
 * A type that is not known changes nothing.
 */

import { endsAt } from "../lib/clock.js";

/** Of thousands of players the page keeps the newest few names; the count is the server's. */
const NAMES_KEPT = 400;

export const INITIAL = {
  connection: { state: "connecting" },
  room: "",
  replacedRoom: "", // the code of a room that was lost and replaced by a new one
  phase: "opening", // opening, lobby, question, reveal, over, closed, gone, refused
  view: "results", // what a reveal shows: results or ranking
  typing: false,
  quizId: null,
  quizTitle: "",
  questionIndex: null,
  questionCount: null,
  players: [], // {id, name}, newest first
  playerCount: 0,
  question: null, // {index, count, text, options, timeLimit, endsAt}
  answered: 0,
  total: 0,
  results: null,
  leaderboard: [],
  gameOver: null,
  closedReason: "",
  turnedAway: 0, // people whose network has too many in the room already
  sharedAddress: false, // whether any number of people may come from one network
  durable: true, // whether the server stores what happens at once
  restarting: false, // from the server's word that it restarts until the next connection
  problem: "",
};

export function reduce(state, message) {
  return REDUCERS[message.type]?.(state, message) ?? state;
}

/** Whether the quiz has no question left to ask. Without a quiz nobody can say. */
export function isLastQuestion({ questionCount, questionIndex }) {
  return questionCount !== null && questionIndex !== null && questionIndex + 1 >= questionCount;
}

const REDUCERS = {
  connection: (state, { status }) => ({
    ...state,
    connection: status,
    restarting: state.restarting && status.state !== "open",
    closedReason: state.closedReason || (status.reason ?? ""), // the room's own word says more
    // What was wrong before the line was lost is no longer what matters.
    problem: status.state === "waiting" && state.connection.state !== "waiting" ? "" : state.problem,
  }),
  show: (state, { view }) => ({ ...state, view }),
  typing: (state, { open }) => ({ ...state, typing: open, problem: "" }),
  gone: (state, { room_code }) => ({ ...state, phase: "gone", room: room_code }),

  room_created: (state, { room_code }) => ({
    ...state,
    room: room_code,
    replacedRoom: state.room && state.room !== room_code ? state.room : state.replacedRoom,
    phase: state.phase === "opening" || (state.room && state.room !== room_code) ? "lobby" : state.phase,
  }),

  turned_away: (state, { count }) => ({ ...state, turnedAway: count }),
  shared_address: (state, { allowed }) => ({ ...state, sharedAddress: allowed, turnedAway: 0 }),

  storage_status: (state, { durable }) => ({ ...state, durable }),
  server_restarting: (state) => ({ ...state, restarting: true }),

  room_state: (state, message) => ({
    ...state,
    room: message.room_code,
    phase: message.phase,
    view: "results",
    quizId: message.quiz_id || null,
    quizTitle: message.quiz_title || "",
    questionIndex: message.question_index,
    questionCount: message.question_count,
    players: message.players
      .filter((player) => player.connected)
      .slice(-NAMES_KEPT)
      .reverse()
      .map((player) => ({ id: player.player_id, name: player.name })),
    playerCount: message.player_count,
    sharedAddress: message.shared_address ?? false,
    problem: "",
  }),

  player_count: (state, { count }) => ({ ...state, playerCount: count }),

  player_joined: (state, message) => ({
    ...state,
    players: [
      { id: message.player_id, name: message.username },
      ...without(state.players, message.player_id),
    ].slice(0, NAMES_KEPT),
    playerCount: message.player_count,
  }),

  player_left: (state, message) => ({
    ...state,
    players: without(state.players, message.player_id),
    playerCount: message.player_count,
  }),

  question: (state, message) => ({
    ...state,
    phase: "question",
    view: "results",
    typing: false,
    questionIndex: message.question_index,
    questionCount: message.question_count ?? null,
    question: {
      index: message.question_index,
      count: message.question_count ?? null,
      text: message.question,
      options: message.options,
      timeLimit: message.time_limit,
      endsAt: endsAt(message),
    },
    answered: 0,
    total: state.playerCount,
    results: null,
    problem: "",
  }),

  answer_count: (state, { answered, total }) => ({ ...state, answered, total }),

  results: (state, message) => ({
    ...state,
    phase: "reveal",
    view: "results",
    results: {
      top: message.top_5,
      answers: message.total_answers,
      right: message.correct_answers,
      correct: message.correct_answer,
      distribution: message.distribution,
      explanation: message.explanation ?? "",
    },
  }),

  leaderboard: (state, { entries }) => ({ ...state, leaderboard: entries }),

  game_over: (state, message) => ({
    ...state,
    phase: "over",
    typing: false,
    gameOver: { id: message.game_id, podium: message.podium, entries: message.entries },
  }),

  room_closed: (state, { reason }) => ({
    ...state,
    phase: state.gameOver ? "over" : "closed",
    closedReason: reason ?? "",
  }),

  error: (state, { message }) => ({ ...state, problem: message ?? "" }),
};

const without = (players, id) => players.filter((player) => player.id !== id);
