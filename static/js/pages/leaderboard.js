/** The best of all at trivia taken alone, and where one stands oneself. */

import { get } from "../lib/api.js";
import { byId, el } from "../lib/dom.js";
import { number, ordinal, plural, score } from "../lib/format.js";
import { empty, showIn } from "../lib/page.js";
import { fillPages } from "../lib/paged.js";
import { token } from "../lib/session.js";
import { showSite } from "../lib/site.js";
import { table } from "../lib/table.js";

const PAGE = 50;

showSite();
showIn(byId("leaderboard"), draw);

async function draw() {
  const position = token() ? (await get("/users/leaderboard-position")).position : null;
  const board = table("Everyone by rating", [
    { label: "Rank", kind: "rank", cell: ({ rank }) => number(rank) },
    { label: "Name", kind: "name", cell: ({ user_name: name }) => name },
    {
      label: "Best quiz",
      minor: true,
      cell: ({ best_quiz: title, best_score: best }) => title && [title, el("small", {}, `score ${score(best)}`)],
    },
    { label: "Quizzes", kind: "number", cell: ({ quiz_count: count }) => number(count) },
    { label: "Average", kind: "number", minor: true, cell: ({ average_rating: average }) => average.toFixed(1) },
    { label: "Rating", kind: "number", cell: ({ total_rating: total }) => el("strong", {}, number(total)) },
  ]);
  const more = await fillPages(board.body, (cursor) => fetchPage(board, cursor));
  if (!board.body.children.length) {
    return empty(
      "Nobody yet",
      "The first one to take a trivia quiz alone leads this board.",
      el("a", { class: "button button-ink", href: "/explore" }, "Be the first"),
    );
  }
  return [position ? standing(position) : invitation(), board.element, more];
}

async function fetchPage(board, cursor) {
  const query = new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) });
  const { leaderboard, next_cursor: next } = await get(`/results/leaderboards/global?${query}`);
  // An address is given to the person whom it belongs to alone.
  return { rows: leaderboard.map((entry) => board.row(entry, { "data-own": entry.email !== null })), next };
}

const standing = ({ rank, total_users: all, average_rating: average, quiz_count: count }) =>
  el(
    "p",
    { class: "standing" },
    el("strong", {}, ordinal(rank)),
    el(
      "span",
      {},
      `You, of ${plural(all, "player")}: ${plural(count, "quiz", "quizzes")}, ${average.toFixed(1)} on average`,
    ),
    el("a", { class: "button button-ink", href: "/profile" }, "My profile"),
  );

const invitation = () =>
  el(
    "p",
    { class: "standing" },
    el("span", {}, "You are not on it yet. One trivia quiz is enough."),
    el("a", { class: "button button-ink", href: "/explore" }, "Pick a quiz"),
  );
