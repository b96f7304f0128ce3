/** A list that comes in pages, each asked for with the cursor that the page before gave. */

import { el, replace } from "./dom.js";

/**
 * Fills `list` with the first page. `fetchPage(cursor)` gives `{rows, next}`: elements, and the next page's cursor or
 * null. Returns what belongs under the list: a button for the next page, or nothing.
 */
export async function fillPages(list, fetchPage) {
  const foot = el("div", { class: "row more" });
  await add(null);
  return foot;

  async function add(cursor) {
    const { rows, next } = await fetchPage(cursor);
    list.append(...rows);
    replace(foot, next && moreButton(next));
  }

  function moreButton(cursor) {
    return el(
      "button",
      {
        class: "button button-line",
        type: "button",
        onclick: async ({ currentTarget: button }) => {
          button.disabled = true;
          try {
            await add(cursor);
          } catch (error) {
            replace(
              foot,
              el("p", { class: "notice notice-wrong", role: "alert" }, error.message),
              moreButton(cursor),
            );
          }
        },
      },
      "Show more",
    );
  }
}
