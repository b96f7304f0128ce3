/** What a page says while it waits, when there is nothing, and when something failed. */

import { ApiError } from "./api.js";
import { el, replace } from "./dom.js";
import { colouredShape } from "./shapes.js";

const NOT_THERE = 404;

/**
 * Fills `place` with what `load` draws; says so where it fails, with a way to try again.
 * `load` returns the elements to show. `list`, `{href, label}`, is where those who came for something that is not
 * there find what is: trying again would not help them.
 */
export async function showIn(place, load, list = null) {
  place.setAttribute("aria-busy", "true");
  replace(place, el("p", { class: "soft waiting-dots" }, "Loading"));
  try {
    replace(place, await load());
  } catch (error) {
    const isLost = list && error.status === NOT_THERE;
    replace(place, isLost ? notThere(error.message, list) : failed(error, () => showIn(place, load, list)));
    if (!(error instanceof ApiError)) throw error;
  } finally {
    place.setAttribute("aria-busy", "false");
  }
}

function failed(error, again) {
  const said = error instanceof ApiError ? error.message : "This page made a mistake.";
  return el(
    "p",
    { class: "notice notice-wrong", role: "alert" },
    `${said} `,
    el("button", { type: "button", class: "link", onclick: again }, "Try again"),
  );
}

function notThere(said, { href, label }) {
  const box = emptyWith(
    el("h1", {}, said.replace(/\.$/, "")),
    "It may have been deleted, or the address has a letter too many or too few.",
    el("a", { class: "button button-ink", href }, label),
  );
  box.setAttribute("role", "alert");
  return box;
}

export const empty = (title, text, ...actions) => emptyWith(el("h2", {}, title), text, ...actions);

function emptyWith(heading, text, ...actions) {
  return el(
    "div",
    { class: "empty" },
    el("div", { class: "empty-shapes" }, [0, 1, 2, 3].map(colouredShape)),
    heading,
    el("p", { class: "soft" }, text),
    el("div", { class: "row" }, actions),
  );
}

/** Marks a field wrong with a sentence, or right with an empty one; `within` is where its line for that is. */
export function markField(input, sentence, within = document) {
  const problem = within.querySelector(`#${input.id}-problem`);
  problem.textContent = sentence;
  if (sentence) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
