/** For admins: the platform in figures, rooms, trivia, its topics, and people. */

import { get } from "../lib/api.js";
import { isAdmin } from "../lib/admin.js";
import { byId, el } from "../lib/dom.js";
import { figure, figures } from "../lib/figures.js";
import { number } from "../lib/format.js";
import { empty, showIn } from "../lib/page.js";
import { requireUser } from "../lib/session.js";
import { showSite } from "../lib/site.js";
import { genreList } from "./genres.js";
import { peopleTable } from "./people.js";
import { quizTable } from "./quizzes.js";
import { roomTable } from "./rooms.js";

const SECTIONS = [
  { id: "rooms", title: "Rooms now", load: roomTable },
  { id: "quizzes", title: "Quizzes", load: quizTable },
  { id: "genres", title: "Topics of trivia", load: genreList },
  { id: "people", title: "People", load: peopleTable },
];

showSite();
if (requireUser()) showIn(byId("admin"), draw);

async function draw() {
  if (!(await isAdmin())) {
    return empty(
      "For admins alone",
      "This account is not one. Whoever runs this server can make it one.",
      el("a", { class: "button button-ink", href: "/" }, "Start page"),
    );
  }
  return [
    el(
      "div",
      { class: "page-head" },
      el("h1", {}, "Admin"),
      el(
        "nav",
        { class: "admin-nav row", "aria-label": "Sections" },
        SECTIONS.map(({ id, title }) => el("a", { class: "button button-line", href: `#${id}` }, title)),
      ),
    ),
    overview(await get("/admin/platform-stats")),
    SECTIONS.map(section),
  ];
}

function overview({ platform_overview: all, recent_activity_7_days: lately }) {
  const fact = (count, one, many, fresh) =>
    figure(number(count), `${count === 1 ? one : many}, ${number(fresh)} this week`);
  return figures(
    fact(all.total_users, "person", "people", lately.new_users),
    fact(all.total_active_quizzes, "quiz", "quizzes", lately.new_quizzes),
    fact(all.total_quiz_attempts, "attempt", "attempts", lately.quiz_attempts),
    fact(all.total_games, "live game", "live games", lately.games),
  );
}

/** Each section loads, and fails, by itself. */
function section({ id, title, load }) {
  const place = el("div", {});
  const show = () => showIn(place, () => load(show));
  show();
  return el(
    "section",
    { class: "admin-section", id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title),
    place,
  );
}
