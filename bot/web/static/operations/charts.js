/* Charts as SVG, each with its figures as a table for people who cannot see it. */

import { html } from "../vendor/htm-preact.js";

const WIDTH = 400, HEIGHT = 150, LEFT = 40, FOOT = 22, TOP = 8;

/** A round number that is not below the greatest value. */
function roof(values) {
  const most = Math.max(...values, 0);
  if (!most) return 1;
  const step = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((times) => times * step).find((top) => top >= most);
}

/** Figures as a table that can be opened. `rows`: arrays, the first cell of each names it. */
export function Figures({ t, head, rows }) {
  return html`
    <details class="figures">
      <summary>${t("as_table")}</summary>
      <div class="scrolls"><table>
        <thead><tr>${head.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
        <tbody>${rows.map(([name, ...cells]) => html`
          <tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table></div>
    </details>`;
}

/** Bars side by side. `bars`: {label, value, part?, text}; `part` is drawn darker, from the foot. */
export function Columns({ name, bars, show }) {
  const top = roof(bars.map((bar) => bar.value));
  const step = (WIDTH - LEFT) / bars.length, high = HEIGHT - FOOT - TOP;
  const every = Math.ceil(bars.length / 8);
  const rect = (value, n, kind) => {
    const height = (value / top) * high;
    return html`<rect class=${kind} x=${(LEFT + n * step + step * 0.12).toFixed(1)} width=${Math.max(step * 0.76, 0.4).toFixed(1)}
      y=${(TOP + high - height).toFixed(1)} height=${height.toFixed(1)} />`;
  };
  return html`
    <svg class="chart" role="img" aria-label=${name} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`}>
      ${[0, 0.5, 1].map((share) => html`
        <line class="axis" x1=${LEFT} x2=${WIDTH} y1=${TOP + high * (1 - share)} y2=${TOP + high * (1 - share)} />
        <text class="scale" x=${LEFT - 6} y=${TOP + high * (1 - share) + 4}>${show(top * share)}</text>`)}
      ${bars.map((bar, n) => html`
        <g><title>${`${bar.label}: ${bar.text}`}</title>
          ${rect(bar.value, n, "whole")}${bar.part ? rect(bar.part, n, "part") : ""}
          ${n % every === 0 && html`<text class="tick" x=${LEFT + (n + 0.5) * step} y=${HEIGHT - 6}>${bar.label}</text>`}
        </g>`)}
    </svg>`;
}

/** Bars below each other, with their names and figures in words. `bars`: {key, label, value, text} */
export function Rows({ bars, of }) {
  return html`
    <dl class="rows">${bars.map((bar) => html`
      <div data-row=${bar.key} data-value=${bar.value}>
        <dt>${bar.label}</dt>
        <dd><svg aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none">
          <rect class="rest" width="100" height="10" rx="1" /><rect class=${`whole ${bar.key}`} width=${of ? (100 * bar.value) / of : 0} height="10" rx="1" /></svg>
          <span>${bar.text}</span></dd>
      </div>`)}
    </dl>`;
}
