/** What a page says while it waits, when there is nothing, and when something failed. */

import { ApiError } from "./api.js";
import { el, replace } from "./dom.js";
import { sentence } from "./format.js";
import { colouredShape } from "./shapes.js";

/**
 * Fills `place` with what `load` draws; says so where it fails, with a way to try again.
 * `load` returns the elements to show.
 */
export async function showIn(place, load) {
  place.setAttribute("aria-busy", "true");
  replace(place, el("p", { class: "soft waiting-dots" }, "Loading"));
  try {
    replace(place, await load());
  } catch (error) {
    const said = error instanceof ApiError ? error.message : "This page made a mistake.";
    replace(
      place,
      el(
        "p",
        { class: "notice notice-wrong", role: "alert" },
        `${sentence(said)} `,
        el("button", { type: "button", class: "link", onclick: () => showIn(place, load) }, "Try again"),
      ),
    );
    if (!(error instanceof ApiError)) throw error;
  } finally {
    place.setAttribute("aria-busy", "false");
  }
}

export function empty(title, text, ...actions) {
  return el(
    "div",
    { class: "empty" },
    el("div", { class: "empty-shapes" }, [0, 1, 2, 3].map(colouredShape)),
    el("h2", {}, title),
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
