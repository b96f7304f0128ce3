/**
 * A quiz taken alone, as a pure function of what happened: `reduce(state, action) -> state`.
 *
 * Phases: `loading`, then `answering`; `handing_in` from the moment it is over, by the person, the clock or the
 * tab, until the server has it; `done` then. An answer is the letter of an option, by the question's id.
 */

export const INITIAL = {
  phase: "loading",
  quiz: null, // {id, title, duration, negativeMark, linear, leavingEnds}
  session: "",
  questions: [], // {id, text, options}
  endsAt: 0, // Unix seconds on our clock
  answers: {},
  position: 0,
  keeping: "kept", // of the answers on the server: kept, changed, lost
  reason: null, // why it is handed in: asked, time, left, over (on another device, or too late)
  trouble: null, // {sentence, hopeless}: the server does not have it yet
};

const LINEAR = "linear";

export function reduce(state, action) {
  return REDUCERS[action.type]?.(state, action) ?? state;
}

const REDUCERS = {
  /** `attempt` as the server gave it at `received_at`; `kept` is what this browser remembers of it, or null. */
  opened(state, { attempt, kept, received_at: receivedAt }) {
    const remembered = kept?.session === attempt.session_id ? kept : null;
    const questions = attempt.questions.map(({ id, question_text: text, options }) => ({ id, text, options }));
    const answers = remembered?.answers ?? attempt.answers;
    const linear = attempt.quiz.navigation_type === LINEAR;
    const reached = linear ? 1 + questions.findLastIndex(({ id }) => answers[id]) : 0;
    return {
      ...state,
      phase: remembered?.reason ? "handing_in" : "answering",
      quiz: {
        id: attempt.quiz.id,
        title: attempt.quiz.title,
        duration: attempt.quiz.duration,
        negativeMark: attempt.quiz.negative_mark,
        linear,
        leavingEnds: attempt.quiz.tab_switch_exit,
      },
      session: attempt.session_id,
      questions,
      endsAt: moment(attempt.ends_at) - (moment(attempt.server_time) - receivedAt),
      answers,
      position: clamp(remembered?.position ?? reached, questions),
      keeping: sameAnswers(answers, attempt.answers) ? "kept" : "changed",
      reason: remembered?.reason ?? null,
    };
  },

  /** Choosing the chosen option again takes the answer back: a wrong one may cost marks, none never does. */
  choose(state, { letter }) {
    if (state.phase !== "answering") return state;
    const { id } = state.questions[state.position];
    const { [id]: before, ...others } = state.answers;
    return { ...state, answers: before === letter ? others : { ...others, [id]: letter }, keeping: "changed" };
  },

  go: (state, { position }) => (mayGo(state, position) ? { ...state, position } : state),

  kept: (state, { answers }) => (state.answers === answers ? { ...state, keeping: "kept" } : state),
  not_kept: (state) => (state.keeping === "changed" ? { ...state, keeping: "lost" } : state),

  /** The first reason stays the reason. */
  hand_in: (state, { reason }) =>
    state.phase === "answering" ? { ...state, phase: "handing_in", reason, trouble: null } : state,

  trouble: (state, { sentence, hopeless }) => ({ ...state, trouble: sentence ? { sentence, hopeless } : null }),

  done: (state) => ({ ...state, phase: "done", trouble: null }),
};

/** Back and forth where the quiz allows it, else one step forward. */
export function mayGo({ phase, quiz, questions, position }, wanted) {
  if (phase !== "answering" || wanted < 0 || wanted >= questions.length) return false;
  return quiz.linear ? wanted === position + 1 : true;
}

export const isLast = ({ questions, position }) => position === questions.length - 1;

export const answeredCount = ({ questions, answers }) => questions.filter(({ id }) => answers[id]).length;

export const letterOf = (option) => "abcdef"[option];

/** What this browser has to remember to go on after a reload. */
export const toKeep = ({ session, answers, position, reason }) => ({ session, answers, position, reason });

const moment = (iso) => Date.parse(iso) / 1000;

const clamp = (index, list) => Math.max(0, Math.min(list.length - 1, index));

function sameAnswers(one, other) {
  const ids = Object.keys(one);
  return ids.length === Object.keys(other).length && ids.every((id) => one[id] === other[id]);
}
