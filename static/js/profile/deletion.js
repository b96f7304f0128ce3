/** The end of an account: what goes, what stays, and the password once more. */

import { call } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { markField } from "../lib/page.js";
import { ownerField } from "../lib/password.js";
import { forget } from "../lib/session.js";

const GOES = [
  "Your name, your address and your password",
  "Your place on the leaderboards",
  "Quizzes that nobody else has begun",
  "Rooms that you have open: they are closed",
];
const STAYS = [
  "Your answers, as those of a deleted account",
  "Quizzes that others have begun, for them alone",
  "Public trivia that you wrote",
  "Games that you hosted, without you as their host",
];

/** `onGone` is called when it is done. */
export function askToDelete(user, onGone) {
  const password = el("input", {
    id: "delete-password",
    type: "password",
    autocomplete: "current-password",
    "aria-describedby": "delete-password-problem",
    oninput: () => markField(password, "", dialog),
  });
  const yes = el("button", { class: "button button-danger", type: "submit" }, "Delete for ever");
  const dialog = el(
    "dialog",
    { class: "ask ask-wide", "aria-labelledby": "delete-title", onclose: () => dialog.remove() },
    el("h2", { id: "delete-title", tabindex: "-1", autofocus: true }, "Delete your account?"),
    el("p", { class: "soft" }, "Nobody can bring it back. Download your data first, if you want to keep any."),
    el("div", { class: "leaving" }, list("What goes", "cross", GOES), list("What stays", "check", STAYS)),
    el(
      "form",
      { class: "account-form", novalidate: true, onsubmit: send },
      ownerField(user),
      el(
        "div",
        { class: "field" },
        el("label", { for: password.id }, "Your password"),
        password,
        el("p", { class: "field-problem", id: `${password.id}-problem`, role: "alert" }),
      ),
      el(
        "div",
        { class: "row" },
        el("button", { class: "button button-quiet", type: "button", onclick: () => dialog.close() }, "Cancel"),
        yes,
      ),
    ),
  );

  async function send(event) {
    event.preventDefault();
    if (!password.value) {
      markField(password, "Type your password, so that we know it is you.", dialog);
      return password.focus();
    }
    yes.disabled = true;
    try {
      await call("DELETE", "/users/me", { body: { password: password.value }, stay: true });
      forget();
      dialog.close();
      onGone();
    } catch (error) {
      markField(password, error.message, dialog);
      password.select();
    }
    yes.disabled = false;
  }

  document.body.append(dialog);
  dialog.showModal();
}

const list = (title, picture, entries) =>
  el(
    "div",
    {},
    el("h3", {}, title),
    el(
      "ul",
      {},
      entries.map((entry) => el("li", {}, icon(picture, 18), entry)),
    ),
  );
