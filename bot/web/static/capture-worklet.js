/* The microphone, in frames of 20 ms. Without a microphone the frames are silent, so that time goes on. */

const FRAME_MS = 20;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.size = Math.round((sampleRate * FRAME_MS) / 1000);
    this.frame = new Int16Array(this.size);
    this.filled = 0;
    this.peak = 0;
  }

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const sound = inputs[0]?.[0];
    const count = sound ? sound.length : 128;
    for (let i = 0; i < count; i++) {
      const value = sound ? Math.max(-1, Math.min(1, sound[i])) : 0;
      this.peak = Math.max(this.peak, Math.abs(value));
      this.frame[this.filled++] = Math.round(value * 32767);
      if (this.filled === this.size) this.send();
    }
    return true;
  }

  send() {
    const samples = this.frame.buffer;
    this.port.postMessage({ samples, level: this.peak }, [samples]);
    this.frame = new Int16Array(this.size);
    this.filled = 0;
    this.peak = 0;
  }
}

registerProcessor("capture", Capture);
