/** What signing in and signing up share: one form, one call, and back to where the person came from. */

import { call } from "../lib/api.js";
import { byId, el, replace } from "../lib/dom.js";
import { markField } from "../lib/page.js";
import { remember, safePath } from "../lib/session.js";
import { showSite } from "../lib/site.js";

const form = byId("account-form");
const next = new URLSearchParams(location.search).get("next");

/** `checks`: by field name, a function from the value to a sentence, empty where all is well. */
export function showAccountForm(path, checks) {
  showSite();
  if (next) byId("other").href += `?next=${encodeURIComponent(safePath(next))}`;
  form.addEventListener("input", (event) => markField(event.target, ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (allRight(checks)) await send(path, Object.keys(checks));
  });
  form.querySelector("input").focus();
}

function allRight(checks) {
  const wrong = Object.entries(checks).filter(([name, check]) => {
    const sentence = check(form.elements[name].value);
    markField(form.elements[name], sentence);
    return sentence;
  });
  if (wrong.length) form.elements[wrong[0][0]].focus();
  return wrong.length === 0;
}

async function send(path, names) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  complain("");
  try {
    const body = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const answer = await call("POST", path, { body, strangerMayTry: true });
    remember(answer);
    location.assign(safePath(next));
  } catch (error) {
    explain(error);
    button.disabled = false;
  }
}

function explain(error) {
  const atFields = error.fields.filter((entry) => form.elements[entry.loc?.[1]]);
  for (const entry of atFields) markField(form.elements[entry.loc[1]], entry.msg);
  if (atFields.length) return;
  // Whoever has an account already is one step from it.
  const way = /already registered/.test(error.message) && el("a", { href: byId("other").href }, "Sign in");
  complain(error.message, way);
  byId("problem").scrollIntoView({ block: "nearest" });
}

function complain(sentence, way = null) {
  const notice = byId("problem");
  replace(notice, sentence && `${sentence} `, way);
  notice.hidden = !sentence;
}

export function emailProblem(value) {
  if (!value.trim()) return "Write your e-mail address.";
  return /^\s*\S+@\S+\s*$/.test(value) ? "" : "That does not look like an e-mail address.";
}
