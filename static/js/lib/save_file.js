/** Gives the person a file that the page holds. */

import { el } from "./dom.js";

const READ_BY_THEN = 60000; // milliseconds; browsers do not say when they have read it

export function saveFile({ blob, name }) {
  const address = URL.createObjectURL(blob);
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), READ_BY_THEN);
}
