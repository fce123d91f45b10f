/* The bot's voice. Sound is kept until 70 ms of it are there (or 70 ms have passed), so that a late message makes no gap;
   the gateway sends it far ahead, so this wait occurs only at the beginning.

   to here     {sound: ArrayBuffer} · {cue: {id, at}, delay: samples until the loudspeaker} · {flush: true}
   from here   {sound: ArrayBuffer, level, playing, cues: [id, …]} every 20 ms: what was played, silence too; a cue when the sample it stands at is heard

   Positions count samples since the last flush. */

const JITTER_MS = 70;
const REPORT_MS = 20;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.jitter = Math.round((sampleRate * JITTER_MS) / 1000);
    this.report = Math.round((sampleRate * REPORT_MS) / 1000);
    this.delay = 0;
    this.since = 0; // samples since the last report
    this.peak = 0;
    this.played = new Int16Array(2 * this.report); // since the last report
    this.clear();
    this.port.onmessage = ({ data }) => this.obey(data);
  }

  clear() {
    /** @type {Int16Array[]} */ this.pieces = [];
    this.offset = 0; // in the first piece
    this.buffered = 0;
    this.taken = 0;
    this.playing = false;
    this.waited = 0; // samples since sound came, while not playing
    /** @type {{id: string, at: number, due?: number}[]} */ this.cues = [];
  }

  obey(message) {
    if (message.flush) this.clear();
    if (message.delay !== undefined) this.delay = message.delay;
    if (message.cue) this.cues.push(message.cue);
    if (message.sound) {
      const piece = new Int16Array(message.sound);
      this.pieces.push(piece);
      this.buffered += piece.length;
    }
  }

  /** @param {Float32Array[][]} _  @param {Float32Array[][]} outputs */
  process(_, outputs) {
    const out = outputs[0][0];
    if (!this.playing && this.buffered) {
      this.playing = this.buffered >= this.jitter || this.waited >= this.jitter;
      this.waited += out.length;
    }
    const count = this.playing ? this.take(out) : 0;
    this.taken += count;
    if (this.playing && !this.buffered) {
      this.playing = false;
      this.waited = 0;
    }
    this.since += out.length;
    if (this.since >= this.report) this.tell();
    return true;
  }

  take(out) {
    let filled = 0;
    while (filled < out.length && this.pieces.length) {
      const piece = this.pieces[0];
      const count = Math.min(out.length - filled, piece.length - this.offset);
      for (let i = 0; i < count; i++) {
        const value = piece[this.offset + i] / 32768;
        out[filled + i] = value;
        this.peak = Math.max(this.peak, Math.abs(value));
        this.played[this.since + filled + i] = piece[this.offset + i];
      }
      filled += count;
      this.offset += count;
      if (this.offset === piece.length) {
        this.pieces.shift();
        this.offset = 0;
      }
    }
    this.buffered -= filled;
    return filled;
  }

  tell() {
    for (const cue of this.cues) if (cue.due === undefined && cue.at <= this.taken) cue.due = currentFrame + this.delay;
    const reached = this.cues.filter((cue) => cue.due !== undefined && cue.due <= currentFrame);
    this.cues = this.cues.filter((cue) => !reached.includes(cue));
    const sound = this.played.slice(0, this.since).buffer;
    this.port.postMessage({ sound, level: this.peak, playing: this.playing, cues: reached.map((cue) => cue.id) }, [sound]);
    this.played.fill(0);
    this.since = 0;
    this.peak = 0;
  }
}

registerProcessor("playback", Playback);
