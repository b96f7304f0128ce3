/**
 * The host's hand: one main step at a time, by button, space bar, arrow or a presenter's clicker.
 *
 * A clicker's button bounces, a hand presses twice, and a question may end of itself just before it does: so the main
 * step rests for a moment after every step and every change of the screen.
 */

import { ask } from "../lib/ask.js";
import { el, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { isLastQuestion } from "./state.js";
import { TYPING_FORM } from "./typing.js";
import { someWait } from "./words.js";

const NEXT_KEYS = [" ", "ArrowRight", "PageDown"];
const REST = 600; // milliseconds: longer than a double click, shorter than a thought
const NOT_SENT = "There is no connection right now. Nothing was ended; try again in a moment.";

/** Returns `update(state)`. */
export function mountControls(root, actions) {
  let main = null;
  let step = null;
  let drawn = "";
  let on = "";
  let waking = 0;

  function rest() {
    clearTimeout(waking);
    waking = setTimeout(wake, REST);
    main?.setAttribute("aria-disabled", "true");
  }

  function wake() {
    waking = 0;
    main?.removeAttribute("aria-disabled");
  }

  function press(event) {
    if (waking) return event.preventDefault();
    rest();
    step.act?.();
  }

  addEventListener("keydown", (event) => {
    if (!NEXT_KEYS.includes(event.key) || event.repeat || document.querySelector("dialog[open]")) return;
    // Only what this stage does itself: a way to another page, and what a form sends, take a hand that means it.
    if (!step?.act) return;
    // The space bar presses the button that has the focus; typing and scrolling stay what they are.
    if (event.target.closest(`input, textarea, select, [tabindex="0"]${event.key === " " ? ", button, a" : ""}`))
      return;
    event.preventDefault();
    if (!step.disabled) press(event);
  });

  return (state) => {
    step = mainStep(state, actions);
    const others = [...doorSteps(state, actions), ...otherSteps(state, actions)];
    const picture = JSON.stringify([step, ...others]); // functions are left out
    if (picture === drawn) return;
    drawn = picture;
    main = step && button(step, "button-marigold button-big", press);
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
    const now = `${step?.label} ${state.questionIndex}`;
    if (now !== on) rest();
    else if (waking) main?.setAttribute("aria-disabled", "true");
    on = now;
  };
}

function mainStep(state, { send, tell }) {
  if (state.connection.state === "elsewhere") return null;
  if (isTyping(state)) return { label: "Ask it now", form: TYPING_FORM };
  const offline = isOffline(state);
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

const isOffline = ({ connection }) => connection.state !== "open";

const isTyping = ({ typing, phase }) => typing && ["lobby", "reveal"].includes(phase);

const nextStep = ({ quizId }, { send, tell }, label) =>
  quizId
    ? { label, act: () => send({ type: "next_question" }) }
    : { label: "Ask a question", act: () => tell({ type: "typing", open: true }) };

function otherSteps(state, { send, tell }) {
  if (state.connection.state === "elsewhere") return [];
  if (isTyping(state)) return [{ label: "Not now", act: () => tell({ type: "typing", open: false }) }];
  const end = { label: "End game", disabled: isOffline(state), act: () => endGame(send, tell) };
  const typed = { label: "Ask your own", act: () => tell({ type: "typing", open: true }) };
  switch (state.phase) {
    case "lobby":
      return [
        { label: "Close room", disabled: isOffline(state), act: () => closeRoom(send, tell) },
        ...(state.quizId && state.playerCount ? [typed] : []),
      ];
    case "question":
      return [end];
    case "reveal":
      return [
        ...(isLastQuestion(state) && state.view === "ranking" ? [] : [end]),
        ...(state.quizId ? [typed] : []),
        ...(state.view === "ranking"
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

function button({ label, act, href, form, disabled = false }, look, onclick = act) {
  return href
    ? el("a", { class: `button ${look}`, href, onclick }, label)
    : el("button", { class: `button ${look}`, type: form ? "submit" : "button", form, disabled, onclick }, label);
}

function iconButton(name, label, act) {
  return el(
    "button",
    { class: "button button-quiet button-icon", type: "button", "aria-label": label, title: label, onclick: act },
    icon(name),
  );
}

async function endGame(send, tell) {
  const sure = await ask({
    title: "End the game now?",
    text: "The podium comes next. Questions that were not asked yet are left out.",
    yes: "End the game",
  });
  if (sure && !send({ type: "end_game" })) tell({ type: "error", message: NOT_SENT });
}

async function closeRoom(send, tell) {
  const sure = await ask({
    title: "Close this room?",
    text: "Everyone in it is sent home, and the code stops working.",
    yes: "Close the room",
    danger: true,
  });
  if (sure && !send({ type: "close_room" })) tell({ type: "error", message: NOT_SENT });
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
