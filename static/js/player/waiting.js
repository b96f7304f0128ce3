/** In the room with nothing to do: not yet, or because the same person plays in another place. */

import { el, setText } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { colouredShape } from "../lib/shapes.js";

export function mountWaiting(root, _state, { giveUpSeat, playHere }) {
  const title = el("h1", {});
  const name = el("p", { class: "waiting-name" });
  const line = el("p", { class: "waiting-line" });
  const count = el("p", { class: "soft" });
  const here = el(
    "button",
    { class: "button button-ink button-big", type: "button", onclick: playHere },
    "Play here instead",
  );
  const another = el("a", { class: "button button-line", href: "/" }, "Another code?");
  const notMe = el("button", { class: "link waiting-out", type: "button", onclick: giveUpSeat });
  const section = el(
    "section",
    { class: "waiting" },
    el("div", { class: "waiting-shapes" }, [0, 1, 2, 3, 4, 5].map(colouredShape)),
    title,
    name,
    line,
    count,
    here,
    another,
    notMe,
  );
  root.append(section);
  return {
    update(state) {
      const elsewhere = state.connection.state === "elsewhere";
      section.dataset.elsewhere = elsewhere;
      setText(title, elsewhere ? "You are playing in another place" : titleOf(state));
      setText(name, state.name);
      setText(
        line,
        elsewhere ? "This room was opened with your name in another tab or on another phone." : lineOf(state),
      );
      setText(
        count,
        state.phase === "lobby" && state.playerCount > 1 && !elsewhere
          ? `${plural(state.playerCount, "player")} in the room`
          : "",
      );
      here.hidden = !elsewhere;
      another.hidden = state.welcomed || elsewhere;
      // Later there are points to lose with the seat.
      notMe.hidden = !state.welcomed || state.phase !== "lobby" || elsewhere;
      setText(notMe, `Not ${state.name}?`);
    },
  };
}

function titleOf({ welcomed, phase }) {
  if (!welcomed) return "Joining";
  return phase === "over" ? "The quiz is over" : "You’re in";
}

function lineOf({ welcomed, phase, quizTitle }) {
  if (!welcomed) return "Knocking on the door of the room.";
  if (phase === "over") return "One moment, here comes the podium.";
  if (phase === "reveal") return "The next question is yours. Eyes on the big screen.";
  return quizTitle
    ? `${quizTitle} starts as soon as your host is ready.`
    : "It starts as soon as your host is ready.";
}
