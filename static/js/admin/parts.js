/** What the sections for admins have in common. */

import { el, replace } from "../lib/dom.js";

/** A button for something that takes a moment; `act` gives the sentence that says what came of it, or nothing. */
export function actionButton(words, look, act) {
  const said = el("span", { class: "admin-said", role: "status" });
  const button = el(
    "button",
    {
      class: `button ${look}`,
      type: "button",
      onclick: async () => {
        button.disabled = true;
        said.dataset.level = "";
        try {
          replace(said, (await act()) || "");
        } catch (error) {
          said.dataset.level = "wrong";
          replace(said, error.message);
        }
        button.disabled = false;
      },
    },
    words,
  );
  return el("span", { class: "admin-action" }, said, button);
}
