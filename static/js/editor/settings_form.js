/** The settings of a quiz: folded into a line until somebody wants to change them. */

import { el, setText } from "../lib/dom.js";
import { fromLocal, LIMITS, summaryOf, toLocal } from "./settings.js";

/** `topics` are those that there is trivia of; `admin` may make trivia. Returns `{element, update(quiz, problems)}`. */
export function mountSettings(act, { admin, topics }) {
  const tell = (name, value) => act({ type: "setting", name, value });
  const number = (name, label, more) =>
    field(
      name,
      label,
      el("input", { type: "number", inputmode: "decimal", ...more, oninput: valueTo(tell, name) }),
    );
  const time = (name, label) => {
    const oninput = (event) => tell(name, fromLocal(event.target.value));
    return { ...field(name, label, el("input", { type: "datetime-local", oninput })), show: toLocal };
  };
  const fields = {
    duration: number("duration", "Minutes", { min: 1, max: LIMITS.duration, step: 1 }),
    start_time: time("start_time", "Opens (optional)"),
    end_time: time("end_time", "Closes (optional)"),
    positive_mark: number("positive_mark", "Marks for a right answer", { min: 0, max: LIMITS.mark, step: "any" }),
    negative_mark: number("negative_mark", "Marks lost for a wrong one", { min: 0, max: LIMITS.mark, step: "any" }),
    navigation_type: field("navigation_type", "Way through", wayThrough(tell)),
    topic: field(
      "topic",
      "Topic (optional)",
      el("input", { type: "text", maxlength: LIMITS.topic, list: "topics", oninput: valueTo(tell, "topic") }),
    ),
    difficulty: field("difficulty", "Difficulty", difficulty(tell)),
  };
  const leaving = checkbox("tab_switch_exit", "Leaving the tab hands in the answers", tell);
  const trivia = checkbox("is_trivia", "Public trivia: everyone finds it under Explore", tell);
  const summary = el("span", { class: "settings-line" });
  const element = el(
    "details",
    { class: "settings" },
    el("summary", {}, el("strong", {}, "Taking it alone"), summary),
    el(
      "div",
      { class: "settings-fields" },
      Object.values(fields).map(({ box }) => box),
      el("div", { class: "settings-checks" }, leaving.box, admin && trivia.box),
    ),
    el(
      "p",
      { class: "soft settings-hint" },
      "With only one of the two times, the other follows from the minutes. Live games in a room keep their own rules.",
    ),
    el(
      "datalist",
      { id: "topics" },
      topics.map((topic) => el("option", { value: topic })),
    ),
  );
  return {
    element,
    update({ settings }, { settings: problems }) {
      setText(summary, summaryOf(settings));
      for (const [name, one] of Object.entries(fields)) sync(one, settings[name], problems[name]);
      leaving.input.checked = settings.tab_switch_exit;
      trivia.input.checked = settings.is_trivia;
      if (Object.keys(problems).length) element.open = true;
    },
  };
}

function field(name, label, input) {
  input.id = `setting-${name}`;
  const problem = el("p", { class: "field-problem", id: `${input.id}-problem`, role: "alert" });
  input.setAttribute("aria-describedby", problem.id);
  return {
    input,
    problem,
    show: String,
    box: el("div", { class: "field" }, el("label", { for: input.id }, label), input, problem),
  };
}

function sync({ input, problem, show }, value, sentence = "") {
  const shown = show(value);
  // Half a number or date that is being typed has no value yet: it is not to be taken away.
  if (input.value !== shown && (input !== document.activeElement || input.value)) input.value = shown;
  setText(problem, sentence);
  if (sentence) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

const valueTo = (tell, name) => (event) => tell(name, event.target.value);

const wayThrough = (tell) =>
  el(
    "select",
    { onchange: valueTo(tell, "navigation_type") },
    el("option", { value: "omni" }, "In any order, back too"),
    el("option", { value: "linear" }, "Only forward"),
  );

const difficulty = (tell) =>
  el(
    "select",
    { onchange: valueTo(tell, "difficulty") },
    el("option", { value: "" }, "Not said"),
    ["easy", "medium", "hard"].map((name) => el("option", { value: name }, name[0].toUpperCase() + name.slice(1))),
  );

function checkbox(name, label, tell) {
  const input = el("input", { type: "checkbox", onchange: (event) => tell(name, event.target.checked) });
  return { input, box: el("label", { class: "check" }, input, el("span", {}, label)) };
}
