/** The few figures that say most, large. Entries of a `dl` with the class `figures`. */

import { el } from "./dom.js";

export const figure = (value, label) => el("div", {}, el("dt", {}, label), el("dd", {}, value));

export const figures = (...entries) => el("dl", { class: "figures" }, entries);
