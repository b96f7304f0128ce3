/** A question that the host types on the spot. What was typed is kept in this tab until it was asked. */

import { el } from "../lib/dom.js";
import { userId } from "../lib/session.js";
import { tab } from "../lib/store.js";
import { mountQuestionForm } from "../questions/form.js";
import { blank, change, check, LIMITS, toMessage } from "../questions/question.js";

/** The id of the form: the buttons for it stand among the host's controls, where they are always in view. */
export const TYPING_FORM = "typed-question";

export function mountTyping(root, _state, { send, tell }) {
  const draft = `typed.${userId()}`;
  let question = tab.get(draft) ?? blank();
  let tried = false;
  let sent = false;
  const form = el("form", { class: "typing-form", id: TYPING_FORM, novalidate: true, onsubmit: ask });
  const fields = el("div", { class: "typing-fields" });
  const problem = el("p", { class: "field-problem", role: "alert" });
  form.append(
    el("h1", {}, "Ask on the spot"),
    el(
      "p",
      { class: "soft" },
      "If this screen is on the wall, the room reads along: blank the projector, or mark the right answer last.",
    ),
    fields,
    problem,
  );
  root.append(el("section", { class: "typing" }, form));
  const update = mountQuestionForm(fields, act, { explained: false });
  draw();
  fields.querySelector("textarea").focus();
  addEventListener("keydown", onKey);

  function onKey(event) {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]"))
      tell({ type: "typing", open: false });
  }

  function act(action) {
    question = change(question, action);
    tab.set(draft, question);
    draw();
  }

  function draw() {
    update(question, tried ? check(withoutEmptyEnd(question)) : {});
  }

  function ask(event) {
    event.preventDefault();
    tried = true;
    draw();
    const asked = withoutEmptyEnd(question);
    if (Object.keys(check(asked)).length) return showProblem();
    sent = send(toMessage(asked));
    problem.textContent = sent
      ? ""
      : "There is no connection right now. Your question is still here; try again in a moment.";
    problem.scrollIntoView({ block: "nearest" });
  }

  function showProblem() {
    form.querySelector("[aria-invalid=true]")?.focus();
    form.querySelector(".field-problem:not(:empty)").scrollIntoView({ block: "nearest" });
  }

  return {
    leave(next) {
      removeEventListener("keydown", onKey);
      if (sent && next.phase === "question") tab.remove(draft);
    },
  };
}

/** Places for answers that stayed empty at the end are no answers, as in the import and the API. */
function withoutEmptyEnd(question) {
  const { options, correct } = question;
  let count = options.length;
  while (count > LIMITS.fewest && count - 1 !== correct && !options[count - 1].trim()) count -= 1;
  return { ...question, options: options.slice(0, count) };
}
