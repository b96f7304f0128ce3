/** A question that the host types on the spot. */

import { el } from "../lib/dom.js";
import { mountQuestionForm } from "../questions/form.js";
import { blank, change, check, toMessage } from "../questions/question.js";

export function mountTyping(root, _state, { send, tell }) {
  let question = blank();
  let asked = false;
  const form = el("form", { class: "typing-form", novalidate: true, onsubmit: ask });
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
    el(
      "div",
      { class: "row" },
      el("button", { class: "button button-marigold button-big", type: "submit" }, "Ask it now"),
      el(
        "button",
        {
          class: "button button-quiet button-big",
          type: "button",
          onclick: () => tell({ type: "typing", open: false }),
        },
        "Not now",
      ),
    ),
  );
  root.append(el("section", { class: "typing" }, form));
  const update = mountQuestionForm(fields, act, { explained: false });
  draw();
  fields.querySelector("textarea").focus();

  function act(action) {
    question = change(question, action);
    draw();
  }

  function draw() {
    update(question, asked ? check(question) : {});
  }

  function ask(event) {
    event.preventDefault();
    asked = true;
    draw();
    const wrong = form.querySelector("[aria-invalid=true]");
    if (Object.keys(check(question)).length) return wrong?.focus();
    problem.textContent = send(toMessage(question))
      ? ""
      : "There is no connection right now. Your question is still here; try again in a moment.";
  }

  return {};
}
