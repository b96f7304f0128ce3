/** Who one is here, and changing one's name. */

import { call } from "../lib/api.js";
import { el, setText } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { markField } from "../lib/page.js";
import { rename } from "../lib/session.js";

const LONGEST_NAME = 100;

export function nameForm(user) {
  const name = el("h1", {}, user.name);
  const edit = el(
    "button",
    {
      class: "button button-quiet button-icon",
      type: "button",
      "aria-label": "Change my name",
      title: "Change my name",
    },
    icon("pencil"),
  );
  const field = el("input", {
    id: "name",
    type: "text",
    maxlength: LONGEST_NAME,
    autocomplete: "name",
    "aria-describedby": "name-problem",
    oninput: () => markField(field, "", form),
  });
  const save = el("button", { class: "button button-ink", type: "submit" }, "Save");
  const form = el(
    "form",
    { class: "profile-form", novalidate: true, hidden: true },
    el("label", { for: "name" }, "Your name"),
    el(
      "div",
      { class: "row" },
      field,
      save,
      el("button", { class: "button button-quiet", type: "button", onclick: () => open(false) }, "Cancel"),
    ),
    el("p", { class: "field-problem", id: "name-problem", role: "alert" }),
  );
  const shown = el("div", { class: "profile-name" }, name, edit);

  edit.addEventListener("click", () => {
    field.value = name.textContent;
    open(true);
    field.select();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!field.value.trim()) return markField(field, "What should we call you?", form);
    save.disabled = true;
    try {
      const { user: changed } = await call("PATCH", "/users/me", { body: { name: field.value }, stay: true });
      rename(changed.name);
      setText(name, changed.name);
      open(false);
    } catch (error) {
      markField(field, error.message, form);
    }
    save.disabled = false;
  });

  function open(yes) {
    form.hidden = !yes;
    shown.hidden = yes;
    markField(field, "", form);
    if (!yes) edit.focus();
  }

  const since = new Date(user.created_at).toLocaleDateString("en-GB", { month: "long", year: "numeric" });
  return el(
    "header",
    { class: "profile-head" },
    shown,
    form,
    el("p", { class: "soft" }, `${user.email}, here since ${since}`),
  );
}
