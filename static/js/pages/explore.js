/** The public trivia quizzes, to pick one and host it, or take it alone. */

import { get } from "../lib/api.js";
import { byId, el, setText } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { empty, showIn } from "../lib/page.js";
import { aloneLink, hostLink, quizCard } from "../lib/quiz_card.js";
import { showSite } from "../lib/site.js";

const form = byId("filters");
const place = byId("quizzes");
const tally = byId("tally");

showSite();
fillTopics();
show();
form.addEventListener("submit", (event) => event.preventDefault());
// Not the form's own "change": leaving the search field would redraw the list under a click on it.
for (const choice of [form.topic, form.difficulty, form.sort]) choice.addEventListener("change", show);
form.search.addEventListener("input", narrow);

async function fillTopics() {
  try {
    const { topics } = await get("/quizzes/topics/list");
    form.topic.append(...topics.map((topic) => el("option", { value: topic }, topic)));
  } catch {
    form.topic.disabled = true; // the list below says what is wrong
  }
}

async function show() {
  const wanted = { topic: form.topic.value, difficulty: form.difficulty.value, sort_by: form.sort.value };
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  await showIn(place, async () => {
    const quizzes = await get(`/trivia?${query}`);
    return el(
      "div",
      { class: "cards" },
      quizzes.map((quiz) => {
        const card = quizCard(quiz, hostLink(quiz), aloneLink(quiz));
        card.dataset.words = `${quiz.title} ${quiz.topic ?? ""} ${quiz.description ?? ""}`.toLowerCase();
        return card;
      }),
    );
  });
  narrow();
}

/** The search field narrows what is shown already. */
function narrow() {
  const cards = [...place.querySelectorAll(".card")];
  const words = form.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) card.hidden = !words.every((word) => card.dataset.words.includes(word));
  const shown = cards.filter((card) => !card.hidden).length;
  const failed = place.querySelector(".notice");
  setText(tally, failed ? "" : plural(shown, "quiz", "quizzes"));
  place.querySelector(".empty")?.remove();
  if (!shown && !failed)
    place.append(
      empty(
        "Nothing fits",
        "Try another topic or fewer words.",
        el("button", { class: "button button-line", type: "button", onclick: clear }, "Show all"),
      ),
    );
}

function clear() {
  form.reset();
  show();
}
