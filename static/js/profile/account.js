/** The account itself: its password, its data, where it is signed in, and its end. */

import { call, download } from "../lib/api.js";
import { ask } from "../lib/ask.js";
import { el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { saveFile } from "../lib/save_file.js";
import { forget } from "../lib/session.js";
import { askToDelete } from "./deletion.js";
import { passwordCard } from "./password.js";

/** `onGone` is called when the account is deleted. */
export function account(user, onGone) {
  return el(
    "section",
    { class: "profile-section", "aria-labelledby": "account-title" },
    el("h2", { id: "account-title" }, "Account"),
    el(
      "div",
      { class: "account-care" },
      passwordCard(user),
      card({
        title: "My data",
        text: "All that is stored about you, in one file: profile, quizzes, answers, and the games that you hosted.",
        label: "Download my data",
        picture: "down_to",
        work: async () => saveFile(await download("/users/me/data")),
      }),
      card({
        title: "Other devices",
        text: "Still signed in somewhere, or a phone is lost? This signs you out on every device, this one too.",
        label: "Sign out everywhere",
        picture: "door",
        work: signOutEverywhere,
      }),
      card({
        title: "Leaving",
        text: "Your name and your address go, and all that is yours alone. First you read what stays.",
        label: "Delete my account",
        picture: "trash",
        look: "button-warning",
        work: () => askToDelete(user, onGone),
      }),
    ),
  );
}

/** `work` may fail with a sentence. */
function card({ title, text, label, picture, look = "", work }) {
  const problem = el("p", { class: "field-problem", role: "alert" });
  async function act({ currentTarget: button }) {
    button.disabled = true;
    problem.textContent = "";
    try {
      await work();
    } catch (error) {
      problem.textContent = error.message;
    }
    button.disabled = false;
  }
  return el(
    "article",
    { class: "chart-card" },
    el("h3", {}, title),
    el("p", { class: "soft" }, text),
    problem,
    el(
      "button",
      { class: `button button-line ${look}`, type: "button", onclick: act },
      icon(picture, 20),
      label,
    ),
  );
}

async function signOutEverywhere() {
  const sure = await ask({
    title: "Sign out everywhere?",
    text: "Every device then asks for your password again. A game that you host waits some minutes for you.",
    yes: "Sign out everywhere",
  });
  if (!sure) return;
  await call("POST", "/auth/signout-everywhere", { body: {}, stay: true });
  forget();
  location.assign("/sign-in");
}
