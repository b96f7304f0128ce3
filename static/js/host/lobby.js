/** People come in: how to join, as large as it goes, and the names as they arrive. */

import { el, setStyles, setText } from "../lib/dom.js";
import { keepFitting } from "../lib/fit.js";
import { number, plural, spacedCode } from "../lib/format.js";

const MOST_NAMES = 150; // more than any screen has room for
const SIZES = [1.8, 1.65, 1.5, 1.4, 1.3, 1.2, 1.1]; // in --u
const MORE_WIDTH = 4; // heights of a name that the number of the others takes

export function mountLobby(root, state, { joinBase }) {
  const count = el("h2", { class: "lobby-count", role: "status" });
  const names = el("ul", { class: "lobby-names", "aria-label": "Players in the room" });
  const hint = el("p", { class: "lobby-hint" });
  const way = el(
    "div",
    { class: "lobby-way", "data-fit": "width" },
    el(
      "p",
      { class: "lobby-address" },
      "Join at ",
      el("strong", {}, `${joinBase.replace(/^https?:\/\//, "")}/join`),
    ),
    el(
      "p",
      { class: "lobby-code", "aria-label": `Room code ${[...state.room].join(" ")}` },
      spacedCode(state.room),
    ),
  );
  const lobby = el(
    "section",
    { class: "lobby" },
    el(
      "div",
      { class: "lobby-join" },
      el("img", { class: "lobby-qr", src: `/join/${state.room}/qr.svg`, alt: "QR code of the join link" }),
      way,
    ),
    el("div", { class: "lobby-people" }, el("div", { class: "lobby-head" }, count, hint), names),
  );
  root.append(lobby);

  const stopFitting = keepFitting(way);
  let drawn = null;
  const drawAgain = () => drawNames(names, drawn);
  const watcher = new ResizeObserver(drawAgain);
  watcher.observe(names);
  document.fonts.addEventListener("loadingdone", drawAgain);
  return {
    update(next) {
      setText(count, next.playerCount ? plural(next.playerCount, "player") : "Nobody here yet");
      setText(hint, next.playerCount ? "" : "Point a phone’s camera at the code, or type it at the address above.");
      if (drawn && drawn.players === next.players && drawn.playerCount === next.playerCount) return;
      drawn = next;
      lobby.dataset.crowd = next.playerCount <= 20 ? "few" : next.playerCount <= 35 ? "some" : "many";
      drawNames(names, drawn);
    },
    leave() {
      stopFitting();
      watcher.disconnect();
      document.fonts.removeEventListener("loadingdone", drawAgain);
    },
  };
}

/** Names as large as they can all be read; where they are too many even at the smallest, the rest as a number. */
function drawNames(list, state) {
  if (!state) return;
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = state.players
    .slice(0, MOST_NAMES)
    .map(({ id, name }) => known.get(id) ?? el("li", { class: "lobby-name", "data-id": id, title: name }, name));
  show(list, items, state.playerCount);
  if (SIZES.some((size) => fits(list, size))) return;
  show(list, items.slice(0, howManyFit(list, items)), state.playerCount);
}

/** Names that stay are left where they are: whoever is put in once more would arrive once more. */
function show(list, names, count) {
  const more = count - names.length;
  const text = names.length ? `+ ${number(more)} more` : number(more);
  const items = more > 0 ? [...names, el("li", { class: "lobby-more" }, text)] : names;
  const staying = new Set(items);
  for (const item of [...list.children]) if (!staying.has(item)) item.remove();
  items.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
}

function fits(list, size) {
  setStyles(list, { "--size": size });
  return list.scrollHeight <= list.clientHeight + 1;
}

/** How many names stand whole in the list and leave a place after the last for the number of the others. */
function howManyFit(list, items) {
  const { right, bottom } = list.getBoundingClientRect();
  const places = items.map((item) => item.getBoundingClientRect());
  const cut = places.findIndex((place) => place.bottom > bottom + 1);
  let count = cut < 0 ? items.length : cut;
  while (count > 0 && right - places[count - 1].right < MORE_WIDTH * places[count - 1].height) count -= 1;
  return count;
}
