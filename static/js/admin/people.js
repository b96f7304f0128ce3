/** All accounts. */

import { get } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { dateAndTime, number, plural, score } from "../lib/format.js";
import { fillPages } from "../lib/paged.js";
import { table } from "../lib/table.js";

const PAGE = 25;

export async function peopleTable() {
  const first = await fetchPeople(null);
  const people = table("People, the newest first", [
    {
      label: "Name",
      kind: "name",
      cell: (person) =>
        [
          person.name,
          person.is_admin && [" ", el("span", { class: "tag" }, "admin")],
          el("small", {}, person.email),
        ].flat(),
    },
    { label: "Since", minor: true, cell: ({ created_at: at }) => dateAndTime(at) },
    { label: "Quizzes", kind: "number", cell: (person) => number(person.total_quizzes) },
    {
      label: "Average",
      kind: "number",
      minor: true,
      cell: (person) => (person.total_quizzes ? score(person.average_score) : "–"),
    },
    { label: "Rating", kind: "number", cell: (person) => number(person.total_rating) },
  ]);
  const more = await fillPages(people.body, async (cursor) => {
    const { user_statistics: found, next_cursor: next } = cursor ? await fetchPeople(cursor) : first;
    return { rows: found.map((person) => people.row(person)), next };
  });
  return [
    el(
      "p",
      { class: "soft" },
      `${plural(first.total_users, "account")}, ${number(first.active_users)} of them have taken a quiz alone`,
    ),
    people.element,
    more,
  ];
}

function fetchPeople(cursor) {
  const query = new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) });
  return get(`/admin/user-stats?${query}`);
}
