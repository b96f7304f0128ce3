/** The rooms of this server at this moment. */

import { call, get } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { dateAndTime, number, plural, spacedCode } from "../lib/format.js";
import { table } from "../lib/table.js";
import { actionButton } from "./parts.js";

const PHASES = { lobby: "in the lobby", question: "a question is open", reveal: "between questions", over: "over" };

export async function roomTable(reload) {
  const now = await get("/realtime/stats");
  const rooms = table("Rooms", [
    { label: "Room", kind: "name", cell: (room) => [spacedCode(room.room_code), el("small", {}, room.quiz_title)] },
    { label: "State", cell: ({ phase }) => PHASES[phase] ?? phase },
    {
      label: "Host",
      cell: ({ host_connected: here }) =>
        el("span", { class: "tag", "data-level": here ? "right" : "wrong" }, here ? "there" : "away"),
    },
    {
      label: "Players",
      kind: "number",
      cell: (room) => `${number(room.player_count)} of ${number(room.total_players)}`,
    },
    { label: "Questions", kind: "number", minor: true, cell: (room) => number(room.questions_asked) },
    { label: "Opened", minor: true, cell: ({ created_at: at }) => dateAndTime(at) },
  ]);
  rooms.body.append(...now.rooms.map((room) => rooms.row(room)));
  const facts = [
    plural(now.active_rooms, "room"),
    plural(now.total_players, "player"),
    plural(now.total_connections, "connection"),
    `${plural(now.answers_processed, "answer")} since the server started`,
    now.journal_backlog > 0 && `${plural(now.journal_backlog, "event")} waiting for the database`,
  ];
  return [
    el("p", { class: "soft" }, facts.filter(Boolean).join(", ")),
    now.rooms.length > 0 && rooms.element,
    el(
      "div",
      { class: "admin-foot" },
      actionButton("Clean up", "button-line", async () => {
        const { removed_sessions: removed, remaining_sessions: left } = await call(
          "POST",
          "/realtime/admin/cleanup",
          { body: {} },
        );
        return `${plural(removed, "room")} closed, ${number(left)} left.`;
      }),
      el("button", { class: "button button-quiet", type: "button", onclick: reload }, "Look again"),
      el(
        "p",
        { class: "soft" },
        "Cleaning up ends games whose host is away and in which nobody plays. They are stored as usual.",
      ),
    ),
  ];
}
