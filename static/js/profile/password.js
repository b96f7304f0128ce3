/** Another password. */

import { call } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { markField } from "../lib/page.js";
import { ownerField, passwordProblem } from "../lib/password.js";
import { remember } from "../lib/session.js";

export function passwordCard(user) {
  const done = el("p", { class: "notice notice-right", role: "status", hidden: true });
  const open = el(
    "button",
    { class: "button button-line", type: "button", onclick: () => show(true) },
    icon("pencil", 20),
    "Change my password",
  );
  const current = passwordField("current_password", "current-password");
  const wanted = passwordField("new_password", "new-password");
  const save = el("button", { class: "button button-ink", type: "submit" }, "Change it");
  const form = el(
    "form",
    { class: "account-form", novalidate: true, hidden: true, onsubmit: change },
    ownerField(user),
    field("Current password", current),
    field("New password", wanted, "At least 6 characters. A few words in a row make a good one."),
    el(
      "div",
      { class: "row" },
      save,
      el("button", { class: "button button-quiet", type: "button", onclick: () => show(false) }, "Cancel"),
    ),
  );

  async function change(event) {
    event.preventDefault();
    const problems = [
      [current, current.value ? "" : "Type the password that you have now."],
      [wanted, passwordProblem(wanted.value)],
    ];
    for (const [input, problem] of problems) markField(input, problem, form);
    const wrong = problems.find(([, problem]) => problem);
    if (wrong) return wrong[0].focus();
    save.disabled = true;
    try {
      const body = { current_password: current.value, new_password: wanted.value };
      remember(await call("PATCH", "/users/me/password", { body, stay: true }));
      show(false);
      done.textContent = "Your password is changed. Every other device is signed out.";
      done.hidden = false;
    } catch (error) {
      const at = error.fields[0]?.loc[1] === wanted.name ? wanted : current;
      markField(at, error.message, form);
      at.select();
    }
    save.disabled = false;
  }

  function show(yes) {
    form.hidden = !yes;
    open.hidden = yes;
    done.hidden = true;
    form.reset();
    for (const input of [current, wanted]) markField(input, "", form);
    (yes ? current : open).focus();
  }

  return el(
    "article",
    { class: "chart-card" },
    el("h3", {}, "Password"),
    el("p", { class: "soft" }, "With another password you are signed out everywhere else."),
    done,
    open,
    form,
  );
}

const passwordField = (name, autocomplete) =>
  el("input", {
    id: name,
    name,
    type: "password",
    autocomplete,
    "aria-describedby": `${name}-problem`,
    oninput: ({ target }) => markField(target, "", target.form),
  });

const field = (label, input, hint = "") =>
  el(
    "div",
    { class: "field" },
    el("label", { for: input.id }, label),
    input,
    hint && el("p", { class: "field-hint" }, hint),
    el("p", { class: "field-problem", id: `${input.id}-problem`, role: "alert" }),
  );
