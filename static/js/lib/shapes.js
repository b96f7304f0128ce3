/** The six answers: shape, letter and name by index, in the colours of css/answers.css. */

import { svg } from "./dom.js";

const PATHS = [
  "M12 2.2 23 21.6H1Z",
  "m12 .8 11.2 11.2L12 23.2.8 12Z",
  "M12 1.5a10.5 10.5 0 1 1 0 21 10.5 10.5 0 0 1 0-21Z",
  "M2.5 2.5h19v19h-19Z",
  "m12 .9 3.3 7.5 8.1.8-6.1 5.4 1.8 8L12 18.4l-7.1 4.2 1.8-8L.6 9.2l8.1-.8Z",
  "m12 .8 9.9 5.6v11.2L12 23.2l-9.9-5.6V6.4Z",
];
const NAMES = ["triangle", "diamond", "circle", "square", "star", "hexagon"];
const LETTERS = "ABCDEF";

/** The shape in the colour of the text around it. */
export function shape(index, className = "shape") {
  return svg(
    "svg",
    { class: className, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[index % PATHS.length] }),
  );
}

/** The shape in its own colour. */
export function colouredShape(index) {
  return svg(
    "svg",
    { class: "shape", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { class: `shape-${index % PATHS.length}`, d: PATHS[index % PATHS.length] }),
  );
}

export function letter(index) {
  return LETTERS[index] ?? String(index + 1);
}

export function shapeName(index) {
  return NAMES[index % NAMES.length];
}

/** The option that a key stands for (1-6, A-F), or -1. */
export function optionOfKey(key, count) {
  const index = key.length === 1 ? Math.max(LETTERS.indexOf(key.toUpperCase()), "123456".indexOf(key)) : -1;
  return index < count ? index : -1;
}

const WIDE = { width: 320, height: 112, unit: 1, centres: [20, 112, 208, 292].map((x) => [x, 56]) };
const TALL = {
  width: 240,
  height: 340,
  unit: 1.9,
  centres: [
    [50, 60],
    [200, 110],
    [60, 220],
    [185, 300],
  ],
};

/** A small poster that is always the same for the same text, to tell one quiz from another at a glance. */
export const poster = (text, className) => drawPoster(text, className, WIDE);

/** The same for a place that is higher than wide. */
export const tallPoster = (text, className) => drawPoster(text, className, TALL);

function drawPoster(text, className, { width, height, unit, centres }) {
  const random = seeded(text);
  const pick = (count) => Math.floor(random() * count);
  const ground = pick(PATHS.length);
  const picture = svg(
    "svg",
    {
      class: className,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: "xMidYMid slice",
      "aria-hidden": "true",
    },
    svg("rect", { class: `shape-${ground}`, width, height }),
  );
  const colours = [0, 1, 2, 3, 4, 5].filter((colour) => colour !== ground);
  for (const [centreX, centreY] of centres) {
    const size = (3 + random() * 4.5) * unit;
    const colour = colours.splice(pick(colours.length), 1)[0];
    const x = centreX - 12 * size + (random() - 0.5) * 40;
    const y = centreY - 12 * size + (random() - 0.5) * 76;
    picture.append(
      svg("path", {
        class: `shape-${colour}`,
        d: PATHS[pick(PATHS.length)],
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size.toFixed(2)})`,
      }),
    );
  }
  return picture;
}

/** Mulberry32 over an FNV-1a hash: 0 to 1, the same sequence for the same text. */
function seeded(text) {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
