/** The leaderboard: every row starts at its old place and moves to the new one. */

import { el, setStyles } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { icon } from "../lib/icons.js";

const ROWS = 10;

export function mountRanking(root, { leaderboard }) {
  const best = Math.max(1, ...leaderboard.map((entry) => entry.score));
  const rows = leaderboard.map((entry, place) => row(entry, place, best));
  root.append(
    el(
      "section",
      { class: "ranking" },
      el("h1", {}, "Leaderboard"),
      rows.length
        ? el("ol", { class: "ranks", style: { "--rows": ROWS } }, rows)
        : el("p", { class: "soft" }, "Nobody has played yet."),
    ),
  );
  requestAnimationFrame(() =>
    requestAnimationFrame(() => rows.forEach((item, place) => setStyles(item, { "--row": place }))),
  );
  return {};
}

function row({ rank, name, score, change }, place, best) {
  const before = Math.max(0, Math.min(ROWS, place + change));
  return el(
    "li",
    {
      class: "rank",
      "data-rank": rank,
      "data-new": place + change >= ROWS,
      style: { "--row": before, "--share": (score / best).toFixed(4) },
    },
    el("span", { class: "rank-place" }, rank),
    el("span", { class: "rank-name", title: name }, name),
    el("span", { class: "rank-change", "data-move": Math.sign(change) }, ...moved(change)),
    el("span", { class: "rank-score" }, number(score)),
  );
}

function moved(change) {
  if (!change) return [];
  const places = Math.abs(change);
  return [
    icon(change > 0 ? "up" : "down", 26),
    el("span", { class: "visually-hidden" }, change > 0 ? "up" : "down"),
    String(places),
  ];
}
