/* A call that has ended as one page with its sound (bot/reports/page.py), made in the browser: the sound goes nowhere
   else. */

import { kept } from "./captions.js";

export const SAVED_RATE = 8000; // Hz, as on a telephone
const HALVES = [-1, 0, 9, 16, 9, 0, -1]; // 32nds: a filter against aliasing from above 4 kHz
const HEADER = 58; // bytes
const DATA = "__CALL__"; // bot/reports/page.py

/** The sound of both sides, in the pieces in which it came, 16 bit at 16 kHz. */
export class Tape {
  constructor() {
    /** @type {Int16Array[]} */ this.caller = [];
    /** @type {Int16Array[]} */ this.bot = [];
  }
}

/** Pieces joined, with every second sample kept. @param {Int16Array[]} pieces */
export function halved(pieces) {
  const whole = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return Int16Array.from({ length: Math.floor(whole.length / 2) }, (_, i) =>
    HALVES.reduce((sum, weight, k) => sum + weight * (whole[2 * i + k - 3] ?? 0), 0) / 32);
}

/** ITU-T G.711 µ-law of a sample of 16 bit. */
export function companded(sample) {
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const exponent = 24 - Math.clz32(magnitude); // 0…7: the highest bit, of the seventh to the fourteenth
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** A WAV of eight bits a sample, µ-law, caller left and bot right. @returns {Uint8Array} */
export function wav(caller, bot) {
  const frames = Math.max(caller.length, bot.length);
  const bytes = new Uint8Array(HEADER + 2 * frames);
  const view = new DataView(bytes.buffer);
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, 7, true); // µ-law
  view.setUint16(22, 2, true);
  view.setUint32(24, SAVED_RATE, true);
  view.setUint32(28, 2 * SAVED_RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 8, true);
  text(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, frames, true);
  text(50, "data");
  view.setUint32(54, 2 * frames, true);
  for (let i = 0; i < frames; i++) {
    bytes[HEADER + 2 * i] = companded(caller[i] ?? 0);
    bytes[HEADER + 2 * i + 1] = companded(bot[i] ?? 0);
  }
  return bytes;
}

/** A file as a data: URI. @returns {Promise<string>} */
const asUri = (bytes, type) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(new Blob([bytes], { type }));
});

const percent = (levels) => Array.from(levels, (level) => Math.round(100 * Math.sqrt(level ?? 0)));

/** The page of a call. @param {import("./line.js").Line} line */
export async function pageOf(line, { title, outcome, seconds, lines }) {
  const caller = halved(line.tape.caller), bot = halved(line.tape.bot);
  const call = {
    title, outcome, seconds: Math.max(seconds, caller.length / SAVED_RATE),
    lines: lines.map((each) => ({ who: each.who, at: each.at, end: each.end, text: kept(each), latency_ms: each.latency })),
    levels: { caller: percent(line.levels.caller), bot: percent(line.levels.bot) },
    blanks: [], secrets: "spoken", sound: await asUri(wav(caller, bot), "audio/wav"),
  };
  const answer = await fetch("/static/call-page.html");
  if (!answer.ok) throw new Error(`the page of a call cannot be fetched: ${answer.status}`);
  const [before, after] = (await answer.text()).split(DATA);
  return before + JSON.stringify(call).replaceAll("<", "\\u003c") + after;
}

/** Hand the page to the browser as a file. */
export async function saveCall(line, facts) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await pageOf(line, facts)], { type: "text/html" }));
  link.download = "call.html";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
