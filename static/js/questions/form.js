/** The form for one question, used by the quiz editor and by a host who asks on the spot. */

import { el, replace, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { letter, shape } from "../lib/shapes.js";
import { LIMITS } from "./question.js";

const TIMES = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180];
const WHY = "Explanation, shown with the right answer (optional)";
const COUNTDOWN_FROM = 60; // characters left from which the form says how many

/**
 * Draws into `root`; `act(action)` hears every change (see `change` in question.js).
 * Returns `update(question, problems)`.
 */
export function mountQuestionForm(root, act, { explained = true } = {}) {
  const text = textArea("q-text", "Question", 3, LIMITS.text, (value) => act({ type: "text", value }));
  const options = el("div", { class: "q-options" });
  const correct = el("p", { class: "field-problem", id: "q-correct-problem", role: "alert" });
  const add = el(
    "button",
    { class: "button button-quiet", type: "button", onclick: () => addOption(act, options) },
    icon("plus"),
    "Add an answer",
  );
  const time = timeField((value) => act({ type: "time_limit", value }));
  const why = textArea("q-why", WHY, 2, LIMITS.explanation, (value) => act({ type: "explanation", value }));
  root.append(
    text.box,
    el(
      "fieldset",
      { class: "q-answers" },
      el(
        "legend",
        { class: "legend" },
        "Answers ",
        el("span", { class: "soft q-legend-hint" }, "Mark the right one"),
      ),
      options,
      correct,
      add,
    ),
    time.box,
    (explained && why.box) || "",
  );

  return (question, problems = {}) => {
    sync(text, question.text, problems.text, LIMITS.text);
    if (options.children.length !== question.options.length) {
      replace(
        options,
        question.options.map((_, index) => optionRow(index, act)),
      );
    }
    question.options.forEach((option, index) =>
      syncOption(options.children[index], option, question, index, problems),
    );
    setText(correct, problems.correct ?? "");
    add.hidden = question.options.length >= LIMITS.most;
    syncTime(time, question.timeLimit, problems.time_limit);
    sync(why, question.explanation, problems.explanation, LIMITS.explanation);
  };
}

function textArea(id, label, rows, limit, tell) {
  const oninput = (event) => tell(event.target.value);
  return field(id, label, el("textarea", { id, rows, maxlength: limit, oninput }));
}

function timeField(tell) {
  const onchange = (event) => tell(Number(event.target.value));
  return field("q-time", "Time to answer", el("select", { id: "q-time", onchange }));
}

function field(id, label, input) {
  const problem = el("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });
  const hint = el("p", { class: "field-hint", hidden: true });
  input.setAttribute("aria-describedby", problem.id);
  return {
    input,
    problem,
    hint,
    box: el("div", { class: "field" }, el("label", { for: id }, label), input, hint, problem),
  };
}

function sync({ input, problem, hint }, value, sentence, limit) {
  if (input.value !== value) input.value = value;
  mark(input, problem, sentence);
  const left = limit - value.length;
  hint.hidden = left > COUNTDOWN_FROM;
  setText(hint, `${left} characters left`);
}

function syncTime(time, value, sentence) {
  const wanted = [...new Set([...TIMES, value])].sort((one, other) => one - other);
  if (time.input.children.length !== wanted.length || !wanted.includes(Number(time.input.value))) {
    replace(
      time.input,
      wanted.map((seconds) =>
        el("option", { value: String(seconds) }, seconds === 1 ? "1 second" : `${seconds} seconds`),
      ),
    );
  }
  if (time.input.value !== String(value)) time.input.value = String(value);
  mark(time.input, time.problem, sentence);
}

function optionRow(index, act) {
  const id = `q-option-${index}`;
  const problem = el("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });
  return el(
    "div",
    { class: "q-option", "data-answer": index },
    el("span", { class: "q-badge" }, shape(index)),
    el("input", {
      id,
      type: "text",
      maxlength: LIMITS.option,
      autocomplete: "off",
      placeholder: `Answer ${letter(index)}`,
      "aria-label": `Answer ${letter(index)}`,
      "aria-describedby": problem.id,
      oninput: (event) => act({ type: "option", index, value: event.target.value }),
    }),
    el(
      "label",
      { class: "q-right" },
      el("input", { type: "radio", name: "q-right", onchange: () => act({ type: "correct", index }) }),
      el("span", { class: "q-tick" }, icon("check", 20)),
      el("span", { class: "visually-hidden" }, `Answer ${letter(index)} is right`),
    ),
    el(
      "button",
      {
        class: "button button-quiet button-icon q-remove",
        type: "button",
        "aria-label": `Remove answer ${letter(index)}`,
        onclick: () => act({ type: "remove_option", index }),
      },
      icon("cross", 18),
    ),
    problem,
  );
}

function syncOption(row, value, question, index, problems) {
  const input = row.querySelector("input[type=text]");
  if (input.value !== value) input.value = value;
  const isRight = question.correct === index;
  row.querySelector("input[type=radio]").checked = isRight;
  row.dataset.right = isRight;
  row.querySelector(".q-remove").disabled = question.options.length <= LIMITS.fewest;
  mark(input, row.querySelector(".field-problem"), problems[`options.${index}`]);
}

function mark(input, problem, sentence = "") {
  setText(problem, sentence);
  if (sentence) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function addOption(act, options) {
  act({ type: "add_option" });
  options.lastElementChild?.querySelector("input[type=text]").focus();
}
