/** Tables of figures. On a narrow screen the columns that matter less are left out. */

import { el } from "./dom.js";

/**
 * `columns`: `{label, cell(row), kind, minor}`; `kind` is `number` for figures and `name` for the words that head the
 * row, `minor` leaves the column out where there is little room. `label` may be null for a column of buttons.
 * Returns `{element, body, row(data)}`: rows are for the caller to append.
 */
export function table(caption, columns) {
  const body = el("tbody");
  const element = el(
    "div",
    { class: "table-frame" },
    el(
      "table",
      { class: "table" },
      el("caption", { class: "visually-hidden" }, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map((column) => el("th", { scope: "col", ...looks(column) }, column.label || hiddenLabel())),
        ),
      ),
      body,
    ),
  );
  return { element, body, row: (data, attributes = {}) => tableRow(columns, data, attributes) };
}

function tableRow(columns, data, attributes) {
  return el(
    "tr",
    attributes,
    columns.map((column) =>
      el(
        column.kind === "name" ? "th" : "td",
        { ...looks(column), scope: column.kind === "name" ? "row" : null },
        column.cell(data),
      ),
    ),
  );
}

const looks = ({ kind, minor }) => ({ "data-kind": kind ?? "text", "data-minor": minor ? "true" : null });

const hiddenLabel = () => el("span", { class: "visually-hidden" }, "What can be done");
