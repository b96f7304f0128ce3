/** All questions at a glance: which are answered, and where one is. In a quiz without a way back only to look at. */

import { el, replace, setText } from "../lib/dom.js";
import { answeredCount, mayGo } from "./state.js";

/** Returns `{element, update(state)}`. */
export function mountMap({ go, finish }) {
  const list = el("ol", { class: "take-map-list" });
  const count = el("p", { class: "soft" });
  const end = el("button", { class: "button button-line button-wide", type: "button", onclick: finish }, "Hand in");
  let places = [];
  const showHere = () => places.length && scrollTo(list, places[list.dataset.at]);
  new ResizeObserver(showHere).observe(list); // a phone is turned, and the list lies down or stands up
  return {
    element: el("nav", { class: "take-map", "aria-label": "Questions" }, list, count, end),
    update(state) {
      const { questions, answers, position, quiz } = state;
      if (places.length !== questions.length) {
        places = questions.map((_, index) => place(index, go));
        replace(
          list,
          places.map((button) => el("li", {}, button)),
        );
      }
      places.forEach((button, index) => {
        const answered = Boolean(answers[questions[index].id]);
        button.dataset.answered = answered;
        button.disabled = index !== position && (quiz.linear || !mayGo(state, index));
        if (index === position) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
        button.setAttribute("aria-label", `Question ${index + 1}, ${answered ? "answered" : "not answered"}`);
      });
      if (list.dataset.at !== String(position)) {
        list.dataset.at = position;
        requestAnimationFrame(showHere);
      }
      setText(count, `${answeredCount(state)} of ${questions.length} answered`);
      end.hidden = quiz.linear;
    },
  };
}

function place(index, go) {
  return el("button", { class: "take-place", type: "button", onclick: () => go(index) }, index + 1);
}

/** Within the list alone: the page itself stays where it is. */
function scrollTo(list, button) {
  list.scrollLeft = button.offsetLeft - list.offsetLeft - (list.clientWidth - button.clientWidth) / 2;
  list.scrollTop = button.offsetTop - list.offsetTop - (list.clientHeight - button.clientHeight) / 2;
}
