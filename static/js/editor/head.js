/** What the quiz is called, and whether it is saved. */

import { el, setText } from "../lib/dom.js";
import { markField } from "../lib/page.js";
import { LONGEST_TITLE } from "./state.js";

const LONGEST_DESCRIPTION = 2000; // the server's own limit (quizzler/web/quiz_bodies.py)

export function mountHead(act, save) {
  const title = words("title", act, { maxlength: LONGEST_TITLE, placeholder: "Friday night quiz" });
  const description = words("description", act, {
    maxlength: LONGEST_DESCRIPTION,
    placeholder: "What it is about (optional)",
    rows: 1,
  });
  const state = el("p", { class: "save-state", role: "status" });
  const button = el("button", { class: "button button-ink", type: "button", onclick: save }, "Save");
  const host = el("a", { class: "button button-line", role: "link" }, "Host");
  const element = el(
    "div",
    { class: "editor-head" },
    el("h1", { class: "visually-hidden" }, "Quiz editor"),
    el("div", { class: "field editor-title" }, el("label", { for: "title" }, "Title"), title, problemOf("title")),
    el(
      "div",
      { class: "field editor-description" },
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
      // What is hosted is what the server has; the link stays where it is, or the bar would jump at every change.
      const isSaved = phase === "saved";
      host.setAttribute("aria-disabled", !isSaved);
      host.title = isSaved ? "" : "Save the quiz to host it";
      if (isSaved) host.href = `/host/new?quiz_id=${encodeURIComponent(id)}`;
      else host.removeAttribute("href");
    },
  };
}

const STATES = { new: "Not saved yet", dirty: "Unsaved changes", saving: "Saving…", saved: "All changes saved" };

const problemOf = (id) => el("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });

/** A line, or a field that grows with its text where it has `rows`. */
function words(id, act, more) {
  return el(more.rows ? "textarea" : "input", {
    id,
    type: more.rows ? null : "text",
    ...more,
    "aria-describedby": `${id}-problem`,
    oninput: (event) => act({ type: id, value: event.target.value }),
  });
}
