/* Microphone and loudspeaker at 16 kHz: the browser resamples. */

export const RATE = 16000; // Hz
export const FRAMES = 50; // a second

/** Why no call, or no call by voice, is possible: a key of the texts in i18n.js. */
export class Trouble extends Error {
  /** @param {string} what  @param {boolean} keysOnly whether a call by keys is still possible */
  constructor(what, keysOnly = false) {
    super(what);
    this.what = what;
    this.keysOnly = keysOnly;
  }
}

const MICROPHONE = {
  channelCount: 1,
  echoCancellation: true, // the caller may speak while the bot does
  noiseSuppression: false, // the recogniser learned from voices as telephones send them
  autoGainControl: true,
};

/** @returns {Promise<MediaStream>} */
async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia) throw new Trouble("mic_missing", true);
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
  } catch (error) {
    const refused = error.name === "NotAllowedError" || error.name === "SecurityError";
    const missing = error.name === "NotFoundError" || error.name === "OverconstrainedError";
    throw new Trouble(refused ? "mic_refused" : missing ? "mic_missing" : "mic_busy", true);
  }
}

export class Sound {
  /**
   * @param {AudioContext} context
   * @param {MediaStream | null} stream
   */
  constructor(context, stream) {
    this.context = context;
    this.stream = stream;
    /** @type {(samples: ArrayBuffer, level: number) => void} a frame of 20 ms; level 0…1 */
    this.onframe = () => {};
    /** @type {(sound: ArrayBuffer, level: number, playing: boolean, cues: string[]) => void} every 20 ms */
    this.onplayed = () => {};
    const one = { numberOfInputs: 0, numberOfOutputs: 1, outputChannelCount: [1] };
    this.player = new AudioWorkletNode(context, "playback", one);
    this.player.port.onmessage = ({ data }) => this.onplayed(data.sound, data.level, data.playing, data.cues);
    this.player.connect(context.destination);
    this.recorder = new AudioWorkletNode(context, "capture", { numberOfOutputs: 1, channelCount: 1, channelCountMode: "explicit" });
    this.recorder.port.onmessage = ({ data }) => this.onframe(data.samples, data.level);
    this.recorder.connect(context.destination); // it gives no sound; unconnected it would not run
    if (stream) context.createMediaStreamSource(stream).connect(this.recorder);
  }

  /**
   * Ask for the microphone and start. Raises Trouble.
   * @param {boolean} keysOnly  without a microphone
   */
  static async open(keysOnly) {
    if (!window.isSecureContext) throw new Trouble("insecure");
    if (!window.AudioWorkletNode) throw new Trouble("too_old");
    const context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    let stream = null;
    try {
      const modules = ["capture", "playback"].map((name) => context.audioWorklet.addModule(`/static/${name}-worklet.js`));
      [stream] = await Promise.all([keysOnly ? null : microphone(), ...modules]);
      await context.resume();
      return new Sound(context, stream);
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      context.close();
      if (error instanceof Trouble) throw error;
      throw new Trouble(error.name === "NotSupportedError" ? "too_old" : "no_sound");
    }
  }

  /** @param {ArrayBuffer} samples  16 bit */
  play(samples) {
    this.player.port.postMessage({ sound: samples }, [samples]);
  }

  /** Report through `onplayed` when sample `at`, counted since the last flush, has left the loudspeaker. */
  cue(id, at) {
    const seconds = this.context.outputLatency || this.context.baseLatency || 0; // not known before there is sound
    this.player.port.postMessage({ cue: { id, at }, delay: Math.round(seconds * RATE) });
  }

  flush() {
    this.player.port.postMessage({ flush: true });
  }

  close() {
    this.onframe = this.onplayed = () => {};
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context.state !== "closed") this.context.close();
  }
}
