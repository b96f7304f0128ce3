/** A link to give to others, in a dialog. */

import { el, setText } from "./dom.js";

export function shareLink({ title, text, link }) {
  const field = el("input", { id: "share-link", type: "text", readonly: true, value: link, "aria-label": "Link" });
  const said = el("span", { class: "soft", role: "status" });
  const dialog = el(
    "dialog",
    { class: "ask", "aria-labelledby": "ask-title", onclose: () => dialog.remove() },
    el("h2", { id: "ask-title" }, title),
    el("p", { class: "soft" }, text),
    el("div", { class: "share-line" }, field),
    el(
      "form",
      { class: "row share-row", method: "dialog" },
      said,
      el("button", { class: "button button-quiet", value: "no" }, "Close"),
      el(
        "button",
        {
          class: "button button-ink",
          type: "button",
          autofocus: true,
          onclick: async () => setText(said, (await copied(field)) ? "Copied" : "Copy it from the field, please."),
        },
        "Copy the link",
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}

/** The clipboard is for secure origins only; on a local network the older way has to do. */
async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
