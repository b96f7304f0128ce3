/** Line icons, 24 by 24, in the colour of the text. */

import { svg } from "./dom.js";

const PATHS = {
  check: "m4 12.5 5.5 5.5L20 6.5",
  cross: "M5 5l14 14M19 5 5 19",
  up: "M12 20V4m-7 7 7-7 7 7",
  down: "M12 4v16m-7-7 7 7 7-7",
  right: "M4 12h16m-7-7 7 7-7 7",
  copy: "M8 8V4h12v12h-4M4 8h12v12H4Z",
  trash: "M4 7h16M9 7V4h6v3m-8.5 0 1 13h9l1-13",
  pencil: "m4 20 1-5L16 4l4 4L9 19Z",
  plus: "M12 4v16M4 12h16",
  full: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  grip: "M9 5v.01M9 12v.01M9 19v.01M15 5v.01M15 12v.01M15 19v.01",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1 1m12 12 1 1M5 19l1-1M18 6l1-1",
  back: "M20 12H4m7 7-7-7 7-7",
  link: "M10 14a4.5 4.5 0 0 0 6.4 0l3-3A4.5 4.5 0 0 0 13 4.6l-1 1m2 4.4a4.5 4.5 0 0 0-6.4 0l-3 3A4.5 4.5 0 0 0 11 19.4l1-1",
  chart: "M5 20v-7m7 7V4m7 16v-10",
  file: "M13 3H6v18h12V8Zm0 0v5h5M9 13h6M9 17h6",
  down_to: "M12 3v12m-6-6 6 6 6-6M4 20h16",
  door: "M14 4h5v16h-5M3 12h11m-4-5 5 5-5 5",
  path: "M5 20h9a3.5 3.5 0 0 0 0-7h-4a3.5 3.5 0 0 1 0-7h9m-3-3 3 3-3 3",
  list: "M9 6h11M9 12h11M9 18h11M4 6v.01M4 12v.01M4 18v.01",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 4v5l3.5 2",
};

/** Decoration only: the button around it carries the words. */
export function icon(name, size = 22) {
  return svg(
    "svg",
    {
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 2.4,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      "aria-hidden": "true",
      focusable: "false",
    },
    svg("path", { d: PATHS[name] }),
  );
}
