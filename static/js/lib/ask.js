/** A question to the person at the page, in a dialog of the browser's own kind. */

import { el } from "./dom.js";

/** Resolves to true where they agree; Escape and Cancel are no. */
export function ask({ title, text, yes, danger = false }) {
  return new Promise((resolve) => {
    const dialog = el(
      "dialog",
      { class: "ask", "aria-labelledby": "ask-title" },
      el("h2", { id: "ask-title" }, title),
      el("p", { class: "soft" }, text),
      el(
        "form",
        { class: "row", method: "dialog" },
        el("button", { class: "button button-quiet", value: "no", autofocus: danger }, "Cancel"),
        el(
          "button",
          { class: `button ${danger ? "button-danger" : "button-ink"}`, value: "yes", autofocus: !danger },
          yes,
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
