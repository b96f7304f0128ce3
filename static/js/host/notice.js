/** No game on the stage: not yet, not any more, or not here. */

import { el, replace, setText } from "../lib/dom.js";
import { colouredShape } from "../lib/shapes.js";
import { noticeOf } from "./words.js";

export function mountNotice(root, _state, { here }) {
  const title = el("h1", {});
  const text = el("p", { class: "soft" });
  const buttons = el("div", { class: "row" });
  root.append(
    el(
      "section",
      { class: "stage-notice" },
      el("div", { class: "empty-shapes" }, [0, 1, 2, 3].map(colouredShape)),
      title,
      text,
      buttons,
    ),
  );
  return {
    update(state) {
      const notice = noticeOf(state);
      setText(title, notice.title);
      setText(text, notice.text);
      if (buttons.dataset.action === notice.action) return;
      buttons.dataset.action = notice.action;
      replace(buttons, ...ACTIONS[notice.action](here));
    },
  };
}

const ACTIONS = {
  "": () => [],
  here: (here) => [
    el(
      "button",
      { class: "button button-marigold button-big", type: "button", onclick: here },
      "Host here instead",
    ),
  ],
  leave: () => [
    el("a", { class: "button button-marigold button-big", href: "/explore" }, "Pick another quiz"),
    el("a", { class: "button button-line button-big", href: "/games" }, "Past games"),
  ],
};
