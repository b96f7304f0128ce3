/** The host's past games, newest first. */

import { get } from "../lib/api.js";
import { byId, el } from "../lib/dom.js";
import { dateAndTime, plural } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { empty, showIn } from "../lib/page.js";
import { fillPages } from "../lib/paged.js";
import { requireUser } from "../lib/session.js";
import { poster } from "../lib/shapes.js";
import { showSite } from "../lib/site.js";

const PAGE = 30;

showSite();
if (requireUser()) showIn(byId("games"), firstPage);

async function firstPage() {
  const list = el("ol", { class: "game-list" });
  const more = await fillPages(list, fetchPage);
  if (list.children.length) return [list, more];
  return empty(
    "No games yet",
    "Once you have hosted a quiz, its ranking and every answer are kept here.",
    el("a", { class: "button button-ink", href: "/explore" }, "Host one now"),
  );
}

async function fetchPage(cursor) {
  const query = new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) });
  const { games, next_cursor: next } = await get(`/results/games?${query}`);
  return { rows: games.map(row), next };
}

function row(game) {
  const title = game.quiz_title || "Questions on the spot";
  return el(
    "li",
    {},
    el(
      "a",
      { class: "game-row", href: `/games/${encodeURIComponent(game.game_id)}` },
      poster(title, "game-art"),
      el(
        "span",
        { class: "game-words" },
        el("strong", {}, title),
        el("span", { class: "soft" }, dateAndTime(game.started_at)),
      ),
      el(
        "span",
        { class: "game-facts soft" },
        el("span", {}, plural(game.player_count, "player")),
        el("span", {}, plural(game.question_count, "question")),
      ),
      icon("right"),
    ),
  );
}
