/** The question that is being written, and what can be done with it as a whole. */

import { ask } from "../lib/ask.js";
import { el, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { mountQuestionForm } from "../questions/form.js";

export function mountDesk(act) {
  let quiz = null;
  const here = () => quiz.selected;
  const heading = el("h2", { id: "desk-title" });
  const up = tool("up", "Move up", () => act({ type: "move", from: here(), to: here() - 1 }));
  const down = tool("down", "Move down", () => act({ type: "move", from: here(), to: here() + 1 }));
  const copy = tool("copy", "Duplicate", () => act({ type: "duplicate", index: here() }));
  const remove = tool("trash", "Delete question", () => removeHere());
  const fields = el("div", { class: "desk-fields" });
  const updateForm = mountQuestionForm(fields, (change) => act({ type: "question", index: here(), change }));

  async function removeHere() {
    const index = here();
    const { text } = quiz.questions[index];
    const sure = !text.trim() || (await ask({ title: "Delete this question?", text, yes: "Delete", danger: true }));
    if (sure) act({ type: "remove", index });
  }

  return {
    element: el(
      "section",
      { class: "desk", "aria-labelledby": "desk-title" },
      el("div", { class: "desk-head" }, heading, el("div", { class: "desk-tools" }, up, down, copy, remove)),
      fields,
    ),
    update(next, problems) {
      quiz = next;
      setText(heading, `Question ${here() + 1}`);
      up.disabled = here() === 0;
      down.disabled = here() === quiz.questions.length - 1;
      updateForm(quiz.questions[here()], problems.questions[here()]);
    },
  };
}

function tool(name, label, onclick) {
  return el(
    "button",
    { class: "button button-quiet button-icon", type: "button", "aria-label": label, title: label, onclick },
    icon(name),
  );
}
