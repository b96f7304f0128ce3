/** People come in: how to join, as large as it goes, and the names as they arrive. */

import { el, replace, setText } from "../lib/dom.js";
import { keepFitting } from "../lib/fit.js";
import { number, plural, spacedCode } from "../lib/format.js";

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
  root.append(
    el(
      "section",
      { class: "lobby" },
      el(
        "div",
        { class: "lobby-join" },
        el("img", { class: "lobby-qr", src: `/join/${state.room}/qr.svg`, alt: "QR code of the join link" }),
        way,
      ),
      el("div", { class: "lobby-people" }, el("div", { class: "lobby-head" }, count, hint), names),
    ),
  );

  const stopFitting = keepFitting(way);
  let drawn = null;
  const watcher = new ResizeObserver(() => drawNames(names, drawn));
  watcher.observe(names);
  return {
    update(next) {
      setText(count, next.playerCount ? plural(next.playerCount, "player") : "Nobody here yet");
      setText(hint, next.playerCount ? "" : "Point a phone’s camera at the code, or type it at the address above.");
      if (drawn && drawn.players === next.players && drawn.playerCount === next.playerCount) return;
      drawn = next;
      drawNames(names, drawn);
    },
    leave() {
      stopFitting();
      watcher.disconnect();
    },
  };
}

/** As many names as there is room for, newest first; the rest as a number. Names that stay are not drawn again. */
function drawNames(list, state) {
  if (!state) return;
  list.dataset.crowd = state.playerCount <= 15 ? "few" : state.playerCount <= 40 ? "some" : "many";
  const room = placesIn(list);
  const all = state.players.length === state.playerCount && state.playerCount <= room;
  const shown = all ? state.players : state.players.slice(0, Math.max(0, room - 1));
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = shown.map(
    ({ id, name }) => known.get(id) ?? el("li", { class: "lobby-name", "data-id": id, title: name }, name),
  );
  const more = state.playerCount - shown.length;
  if (more > 0)
    items.push(el("li", { class: "lobby-more" }, shown.length ? `+ ${number(more)} more` : number(more)));
  replace(list, items);
}

function placesIn(list) {
  const style = getComputedStyle(list);
  const columns = style.gridTemplateColumns.split(" ").length;
  const line = parseFloat(style.gridAutoRows) + parseFloat(style.rowGap);
  return columns * Math.max(1, Math.floor((list.clientHeight + parseFloat(style.rowGap)) / line));
}
