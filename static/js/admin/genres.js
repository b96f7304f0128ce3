/** The topics of trivia, and describing one. */

import { call, get } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { markField } from "../lib/page.js";

const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 2000;

export async function genreList(reload) {
  const { genres } = await get("/admin/trivia-genres");
  return el(
    "div",
    { class: "admin-genres" },
    el(
      "ul",
      { class: "genres" },
      genres.map((genre) =>
        el(
          "li",
          { class: "genre" },
          el("h3", {}, genre.name),
          el("p", { class: "soft" }, plural(genre.quiz_count, "quiz", "quizzes")),
          genre.description && el("p", {}, genre.description),
        ),
      ),
    ),
    form(reload),
  );
}

function form(reload) {
  const name = el("input", {
    id: "genre-name",
    type: "text",
    maxlength: LONGEST_NAME,
    "aria-describedby": "genre-name-problem",
    oninput: () => markField(name, "", element),
  });
  const description = el("textarea", { id: "genre-text", rows: 3, maxlength: LONGEST_DESCRIPTION });
  const button = el("button", { class: "button button-ink", type: "submit" }, "Add");
  const element = el(
    "form",
    { class: "genre-form", novalidate: true, onsubmit: add },
    el("h3", {}, "Describe a topic"),
    el(
      "div",
      { class: "field" },
      el("label", { for: "genre-name" }, "Name"),
      name,
      el("p", { class: "field-problem", id: "genre-name-problem", role: "alert" }),
    ),
    el("div", { class: "field" }, el("label", { for: "genre-text" }, "Description (optional)"), description),
    el("div", { class: "row" }, button),
  );
  return element;

  async function add(event) {
    event.preventDefault();
    if (!name.value.trim()) return markField(name, "Give the topic a name.", element);
    button.disabled = true;
    try {
      await call("POST", "/admin/trivia-genres", { body: { name: name.value, description: description.value } });
      await reload();
    } catch (error) {
      markField(name, error.message, element);
      button.disabled = false;
    }
  }
}
