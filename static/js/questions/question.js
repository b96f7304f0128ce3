/**
 * A question under somebody's hands: `{text, options, correct, timeLimit, explanation}`, how it changes,
 * what is wrong with it, and its shape on the wire. Pure.
 */

/** The server's own limits (quizzler/game/questions.py); it has the last word. */
export const LIMITS = { text: 500, option: 200, explanation: 500, fewest: 2, most: 6, shortest: 1, longest: 3600 };

export const blank = () => ({ text: "", options: ["", "", "", ""], correct: null, timeLimit: 30, explanation: "" });

/** Whether nothing was written yet. */
export const isBlank = ({ text, options, explanation }) =>
  ![text, ...options, explanation].some((words) => words.trim());

export function change(question, action) {
  return CHANGES[action.type]?.(question, action) ?? question;
}

const CHANGES = {
  text: (question, { value }) => ({ ...question, text: value }),
  explanation: (question, { value }) => ({ ...question, explanation: value }),
  time_limit: (question, { value }) => ({ ...question, timeLimit: value }),
  correct: (question, { index }) => ({ ...question, correct: index }),
  option: (question, { index, value }) => ({ ...question, options: replaced(question.options, index, value) }),
  add_option: (question) =>
    question.options.length < LIMITS.most ? { ...question, options: [...question.options, ""] } : question,
  remove_option(question, { index }) {
    if (question.options.length <= LIMITS.fewest) return question;
    const options = question.options.filter((_, place) => place !== index);
    const { correct } = question;
    const still = correct === null || correct === index ? null : correct > index ? correct - 1 : correct;
    return { ...question, options, correct: still };
  },
};

const replaced = (list, index, value) => list.map((item, place) => (place === index ? value : item));

/**
 * Everything that is wrong, as `{field: sentence}`. Fields are `text`, `options.<n>`, `correct`, `time_limit` and
 * `explanation`.
 */
export function check({ text, options, correct, timeLimit, explanation }) {
  const problems = {};
  if (!text.trim()) problems.text = "Write the question.";
  else if (text.length > LIMITS.text)
    problems.text = `A question has at most ${LIMITS.text} characters; this one has ${text.length}.`;
  options.forEach((option, index) => {
    const sentence = optionProblem(option, options.slice(0, index));
    if (sentence) problems[`options.${index}`] = sentence;
  });
  if (correct === null) problems.correct = "Mark the right answer.";
  if (!(timeLimit >= LIMITS.shortest && timeLimit <= LIMITS.longest)) {
    problems.time_limit = `A time limit is ${LIMITS.shortest} to ${LIMITS.longest} seconds.`;
  }
  if (explanation.length > LIMITS.explanation)
    problems.explanation = `An explanation has at most ${LIMITS.explanation} characters.`;
  return problems;
}

function optionProblem(option, earlier) {
  if (!option.trim()) return "Write this answer, or remove it.";
  if (option.length > LIMITS.option)
    return `An answer has at most ${LIMITS.option} characters; this one has ${option.length}.`;
  return earlier.some((other) => other.trim() === option.trim()) ? "Two answers are the same." : "";
}

export const fromWire = (wire) => ({
  text: wire.question_text,
  options: [...wire.options],
  correct: wire.correct_answer,
  timeLimit: wire.time_limit ?? 30,
  explanation: wire.explanation ?? "",
});

/** The wire's other view: `option_a` to `option_d` and the letter of the right one. */
export const fromLetters = (wire) =>
  fromWire({
    ...wire,
    options: ["a", "b", "c", "d"]
      .map((letter) => wire[`option_${letter}`])
      .filter((option) => option !== undefined),
    correct_answer: "abcd".indexOf(wire.correct_option),
  });

export const toWire = (question) => ({
  question_text: question.text.trim(),
  options: question.options.map((option) => option.trim()),
  correct_answer: question.correct,
  time_limit: question.timeLimit,
  explanation: question.explanation.trim(),
});

/** The `new_question` message of a host. */
export const toMessage = (question) => ({
  type: "new_question",
  question: question.text.trim(),
  options: question.options.map((option) => option.trim()),
  correct_answer: question.correct,
  time_limit: question.timeLimit,
});

/** Our field for a place in the server's body: `["options", 2]` becomes `options.2`. */
export function fieldOf([name, place]) {
  if (name === "question_text" || name === "question") return "text";
  if (name === "options" && place !== undefined) return `options.${place}`;
  const lettered = /^option_([a-f])$/.exec(name ?? "");
  if (lettered) return `options.${"abcdef".indexOf(lettered[1])}`;
  return { options: "correct", correct_answer: "correct", correct_option: "correct" }[name] ?? name ?? "text";
}
