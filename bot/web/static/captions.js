/* What the page shows of a call: a pure function of what happened. Digits and passwords are in it while they are spoken or
   given, and never after. */

/**
 * @typedef {{id: string, text: string, secret: boolean, synthetic: boolean, state: "waiting" | "spoken" | "said"}} Part
 * @typedef {{id: number, who: "bot" | "caller", at: number, end: number, parts: Part[], text: string,
 *            latency: number | null, cut: boolean, closed: boolean}} Line
 * @typedef {{lines: Line[], heard: string, cells: string, length: number, cell: number | null, expect: string,
 *            thinking: boolean, began: number | null, outcome: string, flush: number}} Seen
 */

export const MASK = "••••••••";

/** @type {Seen} */
export const NOTHING = {
  lines: [], heard: "", cells: "", length: 0, cell: null, expect: "nothing", thinking: false, began: null, outcome: "",
  flush: 0,
};

/** The lines to show: at least one of their words was spoken. */
export const visible = (/** @type {Seen} */ seen) =>
  seen.lines.filter((line) => line.who === "caller" || line.parts.some((part) => part.state !== "waiting"));

/** The text to show for a part: nothing before it is spoken, and a mask for a secret after that. */
export const shown = (/** @type {Part} */ part) =>
  part.state === "waiting" ? "" : part.secret && part.state === "said" ? MASK : part.text;

/** The text of a line that may be kept: what was spoken of it. */
export const kept = (/** @type {Line} */ line) =>
  line.who === "caller" ? line.text : line.parts.map((part) => (part.secret ? MASK : part.text)).join(" ") + (line.cut ? " …" : "");

const latest = (seen) => seen.lines.at(-1);

/** @returns {Seen} */
function withLast(seen, change) {
  return { ...seen, lines: [...seen.lines.slice(0, -1), { ...latest(seen), ...change }] };
}

/** @returns {Seen} */
function eachPart(seen, change) {
  return { ...seen, lines: seen.lines.map((line) => ({ ...line, parts: line.parts.map(change) })) };
}

/** Drop a secret that was spoken. */
const said = (part) => ({ ...part, state: "said", text: part.secret ? MASK : part.text });

const newLine = (seen, who, at, end) => ({
  id: seen.lines.length, who, at, end, parts: [], text: "", latency: null, cut: false, closed: false,
});

/** What a message of the gateway changes (bot/web/messages.py). */
const ON = {
  CAPTION(seen, message) {
    if (message.flush !== seen.flush) return seen;
    const last = latest(seen);
    const open = last?.who === "bot" && !last.closed ? seen : { ...seen, lines: [...seen.lines, newLine(seen, "bot", 0, 0)] };
    const part = { id: message.id, text: message.text, secret: message.secret, synthetic: message.synthetic === true, state: "waiting" };
    return withLast(open, { parts: [...latest(open).parts, part] });
  },
  SPEAKS(seen, message) {
    const next = { ...seen, expect: message.expect, cell: message.cell };
    const last = latest(seen);
    if (last?.who !== "bot" || last.closed) return next;
    const times = { at: message.at, end: message.at + message.seconds };
    return withLast(next, { ...times, latency: message.latency_ms, closed: true });
  },
  LISTENS(seen, message) {
    const { text: heard, cells, length, expect, cell } = message;
    return { ...seen, heard, cells, length, expect, cell, thinking: false, began: seen.began ?? message.at };
  },
  UNDERSTOOD(seen, message) {
    const begin = message.text ? Math.min(seen.began ?? message.ended_at, message.ended_at) : message.at;
    const line = { ...newLine(seen, "caller", begin, message.text ? message.ended_at : message.at), text: message.text };
    return { ...seen, lines: [...seen.lines, line], heard: "", cells: "", length: 0, began: null, thinking: true };
  },
  ENDED(seen, message) {
    return over({ ...seen, outcome: message.outcome }, message.at);
  },
};

/** @returns {Seen} */
export function told(/** @type {Seen} */ seen, message) {
  return ON[message.event]?.(seen, message) ?? seen;
}

/** The sound of a part begins, or has ended. @returns {Seen} */
export function heardPart(/** @type {Seen} */ seen, id, ended) {
  const begun = (part) => (part.state === "waiting" ? { ...part, state: "spoken" } : part);
  return { ...eachPart(seen, (part) => (part.id === id ? (ended ? said(part) : begun(part)) : part)), thinking: false };
}

/** The caller interrupted at `at` seconds: parts that were not spoken yet are dropped. @returns {Seen} */
export function flushed(/** @type {Seen} */ seen, at) {
  const lines = visible(seen).map((line) => {
    if (line.parts.every((part) => part.state === "said")) return line;
    const parts = line.parts.filter((part) => part.state !== "waiting").map(said);
    return { ...line, cut: true, end: Math.max(line.at, Math.min(line.end, at)), parts };
  });
  return { ...seen, lines, flush: seen.flush + 1 };
}

/** The call is over: drop all numbers and passwords. @returns {Seen} */
export function over(/** @type {Seen} */ seen, at) {
  return { ...flushed(seen, at), heard: "", cells: "", length: 0, thinking: false, expect: "nothing" };
}
