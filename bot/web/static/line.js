/* A call to the gateway, as Asterisk's chan_websocket would bring it (bot/web/channel.py). */

import { flushed, heardPart, NOTHING, over, told } from "./captions.js";
import { Tape } from "./saved.js";
import { FRAMES, RATE, Trouble } from "./sound.js";

const FRAME_BYTES = (RATE / FRAMES) * 2;
const STUCK_BYTES = 3 * RATE * 2; // three seconds of the caller's sound that the network does not accept
const GOODBYE_MS = 3000; // how long, after the caller's hang-up, the gateway may take to say how the call ended

/** Announce a call. Returns its token. Raises Trouble. */
async function announced(caller) {
  let answer;
  try {
    answer = await fetch(new URL("/phone/calls", location.origin), { method: "POST", body: new URLSearchParams({ caller }) });
  } catch {
    throw new Trouble("no_gateway");
  }
  if (answer.ok) return (await answer.json()).call;
  throw new Trouble(answer.status === 503 ? "busy" : "not_allowed");
}

/** The WebSocket of a call. Raises Trouble. @returns {Promise<WebSocket>} */
function opened(token) {
  const url = new URL(`/phone/line?call=${encodeURIComponent(token)}`, location.origin);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, ["media"]);
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Trouble("no_gateway"));
  });
}

/**
 * Levels of both voices for the report, 0…1, one for 20 ms.
 * @typedef {{caller: number[], bot: number[]}} Levels
 */

export class Line {
  /** @param {WebSocket} socket  @param {import("./sound.js").Sound} sound  @param {(line: Line) => void} changed */
  constructor(socket, sound, changed) {
    this.socket = socket;
    this.sound = sound;
    this.changed = changed;
    this.seen = NOTHING;
    this.playing = false;
    this.ended = false;
    this.lost = false;
    /** @type {Levels} */ this.levels = { caller: [], bot: [] };
    this.tape = new Tape(); // until the next call, or until the page is left
    this.received = 0; // samples since the last flush
    this.parts = 0;
    sound.onframe = (samples, level) => this.onframe(samples, level);
    sound.onplayed = (played, level, playing, cues) => this.onplayed(played, level, playing, cues);
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.onmessage(JSON.parse(data)) : this.onsound(data));
    socket.onclose = () => this.end(true);
    this.send("MEDIA_START", { format: "slin16", optimal_frame_size: FRAME_BYTES, ptime: 20 });
  }

  /** Call from this number; empty: withheld. Raises Trouble. */
  static async open(caller, sound, changed) {
    return new Line(await opened(await announced(caller)), sound, changed);
  }

  /** Seconds of the call. */
  get now() {
    return this.levels.caller.length / FRAMES;
  }

  /** @param {string} digit  0…9, * or # */
  press(digit) {
    if (!this.ended) this.send("DTMF_END", { digit, duration_ms: 100 });
  }

  /** The caller hangs up; the gateway tells how the call ended. */
  hangUp() {
    if (this.ended || this.hanging) return;
    this.send("HUNG_UP", {});
    this.sound.flush();
    this.hanging = setTimeout(() => this.end(false), GOODBYE_MS);
  }

  send(event, fields) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ event, ...fields }));
  }

  // ── from the microphone and the loudspeaker ──

  onframe(samples, level) {
    if (this.socket.bufferedAmount > STUCK_BYTES) return this.end(true);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(samples);
    this.tape.caller.push(new Int16Array(samples));
    this.levels.caller.push(level);
    this.levels.bot[this.levels.caller.length] ??= 0;
  }

  onplayed(played, level, playing, cues) {
    this.tape.bot.push(new Int16Array(played));
    const at = this.levels.caller.length;
    this.levels.bot[at] = Math.max(this.levels.bot[at] ?? 0, level);
    for (const cue of cues) this.oncue(cue);
    if (playing !== this.playing || cues.length) {
      this.playing = playing;
      this.changed(this);
    }
  }

  oncue(cue) {
    const [kind, id] = [cue[0], cue.slice(1)];
    if (kind === "m") this.send("MEDIA_MARK_PROCESSED", { correlation_id: id });
    else this.seen = heardPart(this.seen, id, kind === "e");
  }

  // ── from the gateway ──

  onsound(data) {
    this.received += data.byteLength / 2;
    this.sound.play(data);
  }

  onmessage(message) {
    if (message.command === "MARK_MEDIA") return this.sound.cue(`m${message.correlation_id}`, this.received);
    if (message.command === "FLUSH_MEDIA") this.onflush();
    else if (message.event === "CAPTION") this.oncaption(message);
    else this.seen = told(this.seen, message);
    if (message.event === "ENDED") this.end(false);
    this.changed(this);
  }

  onflush() {
    this.sound.flush();
    this.received = 0;
    this.seen = flushed(this.seen, this.now);
  }

  oncaption(message) {
    const id = String(this.parts++);
    this.seen = told(this.seen, { ...message, id });
    if (message.flush !== this.seen.flush) return;
    this.sound.cue(`b${id}`, message.begin);
    this.sound.cue(`e${id}`, message.end);
  }

  end(lost) {
    if (this.ended) return;
    this.ended = true;
    this.lost = lost && !this.hanging;
    clearTimeout(this.hanging);
    this.seen = over(this.seen, this.now);
    this.sound.close();
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.playing = false;
    this.changed(this);
  }
}
