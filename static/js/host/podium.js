/** The end: third, second, first, and everybody else's place. */

import { celebrate } from "../lib/confetti.js";
import { el } from "../lib/dom.js";
import { number, plural } from "../lib/format.js";

const SHOWN = 50;
const LONG_NAME = 12; // characters that fit into one line of a step
const DRUMROLL = 2600; // milliseconds until the winner stands, as in stage-podium.css

export function mountPodium(root, { gameOver, quizTitle }) {
  const { podium, entries } = gameOver;
  const others = entries.slice(podium.length, SHOWN);
  const rest = entries.length - podium.length - others.length;
  const list =
    others.length > 0 &&
    el(
      "ol",
      { class: "podium-others", "aria-label": "Everybody else", tabindex: 0 },
      others.map(otherRow),
      rest > 0 && el("li", { class: "podium-rest" }, `+ ${number(rest)} more in the report`),
    );
  root.append(
    el(
      "section",
      { class: "podium", "data-alone": entries.length <= 3 },
      el("h1", { class: "podium-title" }, quizTitle || "The winners"),
      podium.length
        ? el(
            "ol",
            { class: "podium-steps", "data-count": podium.length },
            podium.map((entry, place) => step(entry, place)),
          )
        : el("p", { class: "soft" }, "Nobody played."),
      list,
    ),
  );
  const watcher = new ResizeObserver(() => (list.dataset.more = list.scrollHeight > list.clientHeight + 1));
  if (list) watcher.observe(list);
  let stop = () => {};
  const timer = setTimeout(() => (stop = celebrate(document.body)), podium.length ? DRUMROLL : 0);
  return {
    leave() {
      clearTimeout(timer);
      watcher.disconnect();
      stop();
    },
  };
}

function step({ rank, name, score }, place) {
  return el(
    "li",
    { class: "podium-step", "data-place": place + 1 },
    el("p", { class: "podium-name", "data-long": name.length > LONG_NAME, title: name }, name),
    el("p", { class: "podium-score" }, plural(score, "point")),
    el("div", { class: "podium-block" }, rank),
  );
}

function otherRow({ rank, name, score }) {
  return el(
    "li",
    {},
    el("span", { class: "rank-place" }, rank),
    el("span", { class: "rank-name" }, name),
    el("span", {}, number(score)),
  );
}
