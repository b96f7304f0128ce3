/**
 * What a player's phone knows, as a pure function of what it was told: `reduce(state, message) -> state`.
 *
 * Messages are the server's frames, each with `received_at` (our clock, Unix seconds), and four of our own:
 * `connection{status}` and `turned_away{reason}` from the socket, `chosen{option, answer_id}` from the person,
 * `restored{pending}` from storage.
 * A type that is not known changes nothing.
 */

import { endsAt } from "../lib/clock.js";

export const INITIAL = {
  connection: { state: "connecting" },
  welcomed: false,
  room: "",
  name: "",
  score: 0,
  quizTitle: "",
  hostConnected: true,
  phase: "joining", // joining, lobby, question, reveal, over, closed
  playerCount: null,
  question: null, // {index, count, text, options, timeLimit, endsAt}
  answer: null, // {option, id, questionIndex, status: saving|saved|noted|refused, reason}
  correctAnswer: null,
  explanation: "",
  result: null, // {correct, points, score, rank, players}
  leaderboard: [],
  gameOver: null, // {podium, rank, score, players}
  closedReason: "",
  turnedAway: false,
  restarting: false, // from the server's word that it restarts until the next connection
  problem: "",
};

export function reduce(state, message) {
  return REDUCERS[message.type]?.(state, message) ?? state;
}

/** What is still to be told to the server, or null. */
export function unsaved(state) {
  const { answer } = state;
  return answer?.status === "saving"
    ? { type: "answer", option: answer.option, question_index: answer.questionIndex, answer_id: answer.id }
    : null;
}

/** Whether the game was over without a point for anybody: it has no winner then. */
export const nobodyScored = ({ podium }) => podium.every(({ score }) => score === 0);

const REDUCERS = {
  connection: (state, { status }) => ({
    ...state,
    connection: status,
    restarting: state.restarting && status.state !== "open",
  }),

  server_restarting: (state) => ({ ...state, restarting: true }),

  restored: (state, { pending }) => ({ ...state, answer: pending }),

  welcome: (state, message) => ({
    ...state,
    welcomed: true,
    room: message.room_code,
    name: message.name,
    score: message.score,
    quizTitle: message.quiz_title ?? "",
    hostConnected: message.host_connected ?? true,
    phase: message.phase,
    // Who comes back in the middle of a question reads on, until the server sends it again.
    question: message.phase === "question" ? state.question : null,
    result: null,
    problem: "",
  }),

  host_status: (state, { connected }) => ({ ...state, hostConnected: connected }),
  player_joined: (state, message) => ({ ...state, playerCount: message.player_count }),
  player_left: (state, message) => ({ ...state, playerCount: message.player_count }),
  player_count: (state, { count }) => ({ ...state, playerCount: count }),

  question: (state, message) => ({
    ...state,
    phase: "question",
    question: {
      index: message.question_index ?? 0,
      count: message.question_count ?? null,
      text: message.question,
      options: message.options,
      timeLimit: message.time_limit,
      endsAt: endsAt(message),
    },
    answer: answerTo(state.answer, message),
    correctAnswer: null,
    explanation: "",
    result: null,
    problem: "",
  }),

  chosen: (state, { option, answer_id }) =>
    state.phase === "question" && !state.answer
      ? {
          ...state,
          answer: { option, id: answer_id, questionIndex: state.question.index, status: "saving", reason: null },
        }
      : state,

  answer_ack(state, message) {
    if (!state.answer || (message.answer_id && message.answer_id !== state.answer.id)) return state;
    const saved = message.durable === false ? "noted" : "saved";
    return {
      ...state,
      answer: { ...state.answer, status: message.accepted ? saved : "refused", reason: message.reason },
    };
  },

  question_ended: (state, message) => ({
    ...state,
    phase: "reveal",
    correctAnswer: message.correct_answer,
    explanation: message.explanation ?? "",
  }),

  your_result: (state, message) => ({
    ...state,
    phase: "reveal",
    score: message.score,
    result: {
      correct: message.correct,
      points: message.points,
      score: message.score,
      rank: message.rank,
      players: message.players,
    },
  }),

  leaderboard: (state, message) => ({ ...state, leaderboard: message.entries }),

  game_over: (state, message) => ({
    ...state,
    phase: "over",
    score: message.score,
    gameOver: { podium: message.podium, rank: message.rank, score: message.score, players: message.players },
  }),

  room_closed: (state, message) => ({
    ...state,
    phase: state.gameOver ? "over" : "closed",
    closedReason: message.reason ?? "",
  }),

  turned_away: (state, { reason }) => ({ ...state, phase: "closed", turnedAway: true, closedReason: reason }),

  error: (state, { message }) => ({ ...state, problem: message ?? "" }),
};

/** The answer to the question that a frame shows: what the server has of ours, else what we still have to tell it. */
function answerTo(answer, message) {
  if (message.answered !== undefined && message.answered !== null) {
    const same = answer?.questionIndex === message.question_index && answer.option === message.answered;
    return {
      option: message.answered,
      id: same ? answer.id : null,
      questionIndex: message.question_index,
      status: "saved",
      reason: null,
    };
  }
  return answer?.questionIndex === message.question_index && answer.status === "saving" ? answer : null;
}
