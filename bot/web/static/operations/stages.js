/* The times at which a call reached its stages, as marks above a picture of it. */

import { html } from "../vendor/htm-preact.js";

const STAGES = ["number_given", "confirmed", "matched", "heard"];

export const HEIGHT = 30; // that the marks take above the lanes

/** `x`: from seconds to the picture's units; `width`: of the picture; `foot`: where the marks end. */
export const Stages = ({ t, call, x, width, foot }) =>
  STAGES.filter((stage) => call[stage] !== null).map((stage, n) => {
    const at = x(call[stage]), left = at > width * 0.8, y = HEIGHT - (n % 2) * 12;
    return html`
      <line class="stage" x1=${at} x2=${at} y1=${y - 4} y2=${foot} />
      <text class=${`stage ${left ? "left" : ""}`} x=${at + (left ? -3 : 3)} y=${y - 8}>${t(stage)}</text>`;
  });
