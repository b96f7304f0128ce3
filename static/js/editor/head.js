/** What the quiz is called, and whether it is saved. */

import { el, setText } from "../lib/dom.js";
import { markField } from "../lib/page.js";
import { LONGEST_TITLE } from "./state.js";

const LONGEST_DESCRIPTION = 500;

export function mountHead(act, save) {
  const title = line("title", LONGEST_TITLE, "Friday night quiz", act);
  const description = line("description", LONGEST_DESCRIPTION, "What it is about (optional)", act);
  const state = el("p", { class: "save-state", role: "status" });
  const button = el("button", { class: "button button-ink", type: "button", onclick: save }, "Save");
  const host = el("a", { class: "button button-line" }, "Host");
  const element = el(
    "div",
    { class: "editor-head" },
    el("h1", { class: "visually-hidden" }, "Quiz editor"),
    el("div", { class: "field editor-title" }, el("label", { for: "title" }, "Title"), title, problemOf("title")),
    el(
      "div",
      { class: "field" },
      el("label", { for: "description" }, "Description"),
      description,
      problemOf("description"),
    ),
    el("div", { class: "editor-save" }, button, host, state),
  );
  return {
    element,
    /** `phase` is `new`, `dirty`, `saving` or `saved`; `id` is the quiz's once it has one. */
    update(quiz, problems, phase, id) {
      if (title.value !== quiz.title) title.value = quiz.title;
      if (description.value !== quiz.description) description.value = quiz.description;
      markField(title, problems.title, element);
      setText(state, STATES[phase]);
      state.dataset.phase = phase;
      button.disabled = phase === "saving";
      host.hidden = phase !== "saved";
      host.href = `/host/new?quiz_id=${encodeURIComponent(id)}`;
    },
  };
}

const STATES = { new: "", dirty: "Unsaved changes", saving: "Saving…", saved: "All changes saved" };

const problemOf = (id) => el("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });

function line(id, maxlength, placeholder, act) {
  return el("input", {
    id,
    type: "text",
    maxlength,
    placeholder,
    "aria-describedby": `${id}-problem`,
    oninput: (event) => act({ type: id, value: event.target.value }),
  });
}
