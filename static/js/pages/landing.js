/** The start page: a code leads to its room's door. */

import { byId } from "../lib/dom.js";
import { cleanCode } from "../lib/format.js";
import { markField } from "../lib/page.js";
import { get } from "../lib/api.js";
import { showSite } from "../lib/site.js";

const form = byId("code-form");

showSite();
form.addEventListener("submit", enter);
form.code.addEventListener("input", () => markField(form.code, ""));

async function enter(event) {
  event.preventDefault();
  const code = cleanCode(form.code.value);
  if (!code) return complain("Type the code that is on the big screen.");
  try {
    const room = await get(`/realtime/rooms/validate/${code}`);
    if (!room.valid)
      return complain("There is no room with this code right now. Check it letter by letter, or ask your host.");
    location.assign(`/join/${room.room_code ?? code}`);
  } catch (error) {
    complain(error.message);
  }
}

function complain(sentence) {
  markField(form.code, sentence);
  form.code.focus();
}
