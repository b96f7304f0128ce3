/** A moment of celebration: the six shapes, falling once. */

import { el } from "./dom.js";

const COLOURS = ["#d6321d", "#2457d6", "#ffc533", "#00735c", "#8f2a86", "#7fd0f0"];
const PIECES = 140;
const SECONDS = 5;

/** Draws over `place` for some seconds; nothing for who asked for less motion. Returns a function that ends it. */
export function celebrate(place) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return () => {};
  const canvas = el("canvas", { class: "confetti", "aria-hidden": "true", width: innerWidth, height: innerHeight });
  place.append(canvas);
  const context = canvas.getContext("2d");
  const pieces = Array.from({ length: PIECES }, () => newPiece(canvas));
  const started = performance.now();
  let frame = requestAnimationFrame(draw);

  function draw(time) {
    const age = (time - started) / 1000;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.globalAlpha = Math.max(0, Math.min(1, SECONDS - age));
    for (const piece of pieces) drawPiece(context, piece, age);
    if (age < SECONDS) frame = requestAnimationFrame(draw);
    else canvas.remove();
  }

  return () => {
    cancelAnimationFrame(frame);
    canvas.remove();
  };
}

function newPiece(canvas) {
  const unit = Math.max(canvas.width, canvas.height) / 100;
  return {
    x: Math.random() * canvas.width,
    y: -unit * (2 + Math.random() * 70),
    fall: unit * (22 + Math.random() * 26),
    sway: unit * (1 + Math.random() * 2),
    turn: (Math.random() - 0.5) * 8,
    phase: Math.random() * 6,
    size: unit * (0.5 + Math.random() * 0.7),
    sides: [0, 3, 4, 6][Math.floor(Math.random() * 4)],
    colour: COLOURS[Math.floor(Math.random() * COLOURS.length)],
  };
}

function drawPiece(context, piece, age) {
  context.save();
  context.translate(piece.x + Math.sin(age * 2 + piece.phase) * piece.sway, piece.y + piece.fall * age);
  context.rotate(piece.phase + piece.turn * age);
  context.fillStyle = piece.colour;
  context.beginPath();
  if (piece.sides === 0) context.arc(0, 0, piece.size, 0, 2 * Math.PI);
  for (let side = 0; side < piece.sides; side += 1) {
    const angle = (2 * Math.PI * side) / piece.sides;
    context.lineTo(piece.size * 1.2 * Math.cos(angle), piece.size * 1.2 * Math.sin(angle));
  }
  context.fill();
  context.restore();
}
