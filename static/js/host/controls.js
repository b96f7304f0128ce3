/** The host's hand: one main step at a time, by button, space bar, arrow or a presenter's clicker. */

import { ask } from "../lib/ask.js";
import { el, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { isLastQuestion } from "./state.js";
import { someWait } from "./words.js";

const NEXT_KEYS = [" ", "ArrowRight", "PageDown"];

/** Returns `update(state)`. */
export function mountControls(root, actions) {
  let main = null;
  let drawn = "";

  addEventListener("keydown", (event) => {
    if (!NEXT_KEYS.includes(event.key) || event.repeat || document.querySelector("dialog[open]")) return;
    // The space bar presses the button that has the focus; typing and scrolling stay what they are.
    if (event.target.closest(`input, textarea, select, [tabindex="0"]${event.key === " " ? ", button, a" : ""}`))
      return;
    event.preventDefault();
    main?.click();
  });

  return (state) => {
    const step = mainStep(state, actions);
    const others = [...doorSteps(state, actions), ...otherSteps(state, actions)];
    const picture = JSON.stringify([
      step?.label,
      step?.disabled,
      step?.href,
      others.map(({ label, href }) => [label, href]),
    ]);
    if (picture === drawn) return;
    drawn = picture;
    main = step && button(step, "button-marigold button-big");
    replace(
      root,
      el(
        "div",
        { class: "row" },
        others.map((other) => button(other, other.look ?? "button-quiet")),
      ),
      el(
        "div",
        { class: "row" },
        iconButton("sun", "Light or dark", actions.switchTheme),
        iconButton("full", "Full screen", toggleFullScreen),
        main,
      ),
    );
  };
}

function mainStep(state, { send, tell }) {
  if (state.typing || state.connection.state === "elsewhere") return null;
  const offline = state.connection.state !== "open";
  switch (state.phase) {
    case "lobby":
      return { ...nextStep(state, { send, tell }, "Start"), disabled: offline || state.playerCount === 0 };
    case "question":
      return { label: "End question", disabled: offline, act: () => send({ type: "end_question" }) };
    case "reveal":
      if (state.view === "results")
        return { label: "Leaderboard", act: () => tell({ type: "show", view: "ranking" }) };
      return isLastQuestion(state)
        ? { label: "Show the podium", disabled: offline, act: () => send({ type: "end_game" }) }
        : { ...nextStep(state, { send, tell }, "Next question"), disabled: offline };
    case "over":
      return {
        label: "Play again",
        href: state.quizId ? `/host/new?quiz_id=${encodeURIComponent(state.quizId)}` : "/host/new",
      };
    default:
      return null;
  }
}

const nextStep = ({ quizId }, { send, tell }, label) =>
  quizId
    ? { label, act: () => send({ type: "next_question" }) }
    : { label: "Ask a question", act: () => tell({ type: "typing", open: true }) };

function otherSteps(state, { send, tell }) {
  if (state.connection.state === "elsewhere") return [];
  const typed = { label: "Ask your own", act: () => tell({ type: "typing", open: true }) };
  switch (state.phase) {
    case "lobby":
      return [
        { label: "Close room", act: () => closeRoom(send) },
        ...(state.quizId && state.playerCount && !state.typing ? [typed] : []),
      ];
    case "question":
      return [{ label: "End game", act: () => endGame(send) }];
    case "reveal":
      return [
        ...(isLastQuestion(state) && state.view === "ranking" && !state.typing
          ? []
          : [{ label: "End game", act: () => endGame(send) }]),
        ...(state.quizId && !state.typing ? [typed] : []),
        ...(state.view === "ranking" && !state.typing
          ? [{ label: "Back to the answer", act: () => tell({ type: "show", view: "results" }) }]
          : []),
      ];
    case "over":
      return [
        { label: "Report of this game", href: `/games/${encodeURIComponent(state.gameOver.id)}` },
        { label: "Done", href: "/library" },
      ];
    default:
      return [];
  }
}

function doorSteps(state, { send }) {
  const isOpen = state.connection.state === "open" && ["lobby", "question", "reveal"].includes(state.phase);
  if (!isOpen || !someWait(state)) return [];
  return [
    {
      label: "Let them in",
      look: "button-line",
      act: () => send({ type: "allow_shared_address", allowed: true }),
    },
  ];
}

function button({ label, act, href, disabled = false }, look) {
  return href
    ? el("a", { class: `button ${look}`, href }, label)
    : el("button", { class: `button ${look}`, type: "button", disabled, onclick: act }, label);
}

function iconButton(name, label, act) {
  return el(
    "button",
    { class: "button button-quiet button-icon", type: "button", "aria-label": label, title: label, onclick: act },
    icon(name),
  );
}

async function endGame(send) {
  const sure = await ask({
    title: "End the game now?",
    text: "The podium comes next. Questions that were not asked yet are left out.",
    yes: "End the game",
  });
  if (sure) send({ type: "end_game" });
}

async function closeRoom(send) {
  const sure = await ask({
    title: "Close this room?",
    text: "Everyone in it is sent home, and the code stops working.",
    yes: "Close the room",
    danger: true,
  });
  if (sure) send({ type: "close_room" });
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
