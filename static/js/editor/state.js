/**
 * A quiz under its author's hands, as a pure function of what they did: `reduce(quiz, action) -> quiz`.
 *
 * `{title, description, questions[], selected, settings}`; a question is question.js's with a `key` of its own, so that
 * it stays the same one while it moves. `settings` are settings.js's.
 */

import { blank, change, check, fieldOf, fromWire, isBlank, toWire } from "../questions/question.js";
import { checkSettings, NEW_SETTINGS, settingsFromWire, settingsToWire } from "./settings.js";

export const LONGEST_TITLE = 200;
export const MOST_QUESTIONS = 50;

export const emptyQuiz = (settings = {}) => ({
  title: "",
  description: "",
  questions: [keyed(blank(), 1)],
  selected: 0,
  nextKey: 2,
  settings: { ...NEW_SETTINGS, ...settings },
});

export function fromServer(quiz, questions) {
  const own = questions.map((wire, place) => keyed(fromWire(wire), place + 1));
  return {
    title: quiz.title,
    description: quiz.description ?? "",
    questions: own.length ? own : [keyed(blank(), 1)],
    selected: 0,
    nextKey: Math.max(2, own.length + 1),
    settings: settingsFromWire(quiz),
  };
}

export const toServer = (quiz) => ({
  ...settingsToWire(quiz.settings),
  title: quiz.title.trim(),
  description: quiz.description.trim(),
  questions: quiz.questions.map(toWire),
});

export function reduce(quiz, action) {
  return REDUCERS[action.type]?.(quiz, action) ?? quiz;
}

const REDUCERS = {
  title: (quiz, { value }) => ({ ...quiz, title: value }),
  description: (quiz, { value }) => ({ ...quiz, description: value }),
  select: (quiz, { index }) => ({ ...quiz, selected: clamp(index, quiz.questions) }),
  setting: (quiz, { name, value }) => ({ ...quiz, settings: { ...quiz.settings, [name]: value } }),
  add: (quiz) => inserted(quiz, quiz.questions.length, blank()),
  duplicate: (quiz, { index }) =>
    inserted(quiz, index + 1, { ...quiz.questions[index], options: [...quiz.questions[index].options] }),
  append: appended,
  remove: removed,
  move: moved,
  question: (quiz, { index, change: what }) => ({
    ...quiz,
    questions: quiz.questions.map((question, place) => (place === index ? change(question, what) : question)),
  }),
};

function inserted(quiz, place, question) {
  if (quiz.questions.length >= MOST_QUESTIONS) return quiz;
  const questions = [...quiz.questions];
  questions.splice(place, 0, keyed(question, quiz.nextKey));
  return { ...quiz, questions, selected: place, nextKey: quiz.nextKey + 1 };
}

/** How many more questions there is room for; one that was not begun gives way. */
export const roomLeft = ({ questions }) =>
  MOST_QUESTIONS - questions.filter((question) => !isBlank(question)).length;

/** Questions from elsewhere, after those that were begun. The first of them is selected. */
function appended(quiz, { questions: others }) {
  const begun = quiz.questions.filter((question) => !isBlank(question));
  const questions = [...begun, ...others.map((question, place) => keyed(question, quiz.nextKey + place))];
  return { ...quiz, questions, selected: begun.length, nextKey: quiz.nextKey + others.length };
}

/** A quiz keeps one question at least, if an empty one. */
function removed(quiz, { index }) {
  const left = quiz.questions.filter((_, place) => place !== index);
  const questions = left.length ? left : [keyed(blank(), quiz.nextKey)];
  const selected = quiz.selected > index ? quiz.selected - 1 : quiz.selected;
  return { ...quiz, questions, selected: clamp(selected, questions), nextKey: quiz.nextKey + 1 };
}

/** The selected question stays selected wherever it goes. */
function moved(quiz, { from, to }) {
  if (from === to || !quiz.questions[from] || !quiz.questions[to]) return quiz;
  const chosen = quiz.questions[quiz.selected].key;
  const questions = [...quiz.questions];
  questions.splice(to, 0, ...questions.splice(from, 1));
  return { ...quiz, questions, selected: questions.findIndex((question) => question.key === chosen) };
}

/** `{title: sentence, settings: {field: sentence}, questions: [problems by question]}`. */
export function problemsOf(quiz) {
  const questions = quiz.questions.map(check);
  const title = !quiz.title.trim()
    ? "Give the quiz a title."
    : quiz.title.length > LONGEST_TITLE
      ? `A title has at most ${LONGEST_TITLE} characters.`
      : "";
  return { title, settings: checkSettings(quiz.settings), questions };
}

export const noProblems = ({ questions }) => ({ title: "", settings: {}, questions: questions.map(() => ({})) });

export const hasProblems = ({ title, settings, questions }) =>
  Boolean(title) || [settings, ...questions].some((problems) => Object.keys(problems).length);

/** The entries of a 422 where they belong; what belongs nowhere on the page is returned as `rest`. */
export function placed(entries, quiz) {
  const problems = { ...noProblems(quiz), rest: [] };
  for (const { loc = [], msg } of entries) {
    const [, field, index, ...inner] = loc;
    if (field === "questions" && problems.questions[index]) problems.questions[index][fieldOf(inner)] = msg;
    else if (field === "title") problems.title = msg;
    else if (field in quiz.settings) problems.settings[field] = msg;
    else problems.rest.push(msg);
  }
  return problems;
}

const keyed = (question, key) => ({ ...question, key });

const clamp = (index, list) => Math.max(0, Math.min(list.length - 1, index));
