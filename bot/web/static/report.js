/* The report of a call that has ended: a picture of both voices over time, and its turns as a table. */

import { html } from "./vendor/htm-preact.js";
import { kept, visible } from "./captions.js";
import { seconds } from "./i18n.js";
import { saveCall } from "./saved.js";
import { FRAMES } from "./sound.js";
import { Words } from "./words.js";

const WIDE = { width: 960, row: 24 }, NARROW = { width: 400, row: 12 }; // pixels, seconds
const VOICE = 34, ROW = 118; // pixels
const NAMES = 18; // from the left, for the names of the voices

/** The outline of a voice, on a scale of square roots, so that quiet sounds are seen too. */
function outline(levels, start, { width, row }, middle) {
  const step = (width - NAMES) / (row * FRAMES);
  const heights = Array.from({ length: Math.min(row * FRAMES, levels.length - start * FRAMES) }, (_, i) =>
    Math.sqrt(levels[start * FRAMES + i] ?? 0) * VOICE / 2);
  if (!heights.length) return "";
  const point = (height, i, sign) => `${(NAMES + i * step).toFixed(1)},${(middle + sign * height).toFixed(1)}`;
  const above = heights.map((height, i) => point(height, i, -1));
  const below = heights.map((height, i) => point(height, i, 1)).reverse();
  return `M${[...above, ...below].join("L")}Z`;
}

function Row({ t, start, scale, levels, lines }) {
  const { width, row } = scale;
  const x = (at) => Math.round(NAMES + ((at - start) / row) * (width - NAMES));
  const middles = { caller: 34, bot: 76 };
  const spans = lines.map((line, n) => ({ ...line, n: n + 1 })).filter((line) => line.at < start + row && line.end >= start);
  return html`
    <g>
      ${["caller", "bot"].map((who) => html`
        <text class="name" x="0" y=${middles[who]} transform=${`rotate(-90 8 ${middles[who]})`}>${t(who === "bot" ? "bot" : "you")}</text>
        <line class="axis" x1=${NAMES} x2=${width} y1=${middles[who]} y2=${middles[who]} />
        <path class=${who} d=${outline(levels[who], start, scale, middles[who])} />`)}
      ${spans.map((line) => {
        const left = Math.max(x(line.at), NAMES), right = Math.min(Math.max(x(line.end), left + 2), width);
        const y = middles[line.who];
        return html`
          <rect class=${`span ${line.who}`} x=${left} y=${y - VOICE / 2} width=${right - left} height=${VOICE} rx="3" />
          ${line.at >= start && html`<text class="number" x=${left + 2} y=${line.who === "caller" ? 13 : 108}>${line.n}</text>`}`;
      })}
      ${Array.from({ length: row / 2 }, (_, i) => html`
        <text class="tick" x=${x(start + 2 * i)} y="117">${start + 2 * i}</text>`)}
    </g>`;
}

function Picture({ t, levels, lines, length }) {
  const scale = matchMedia("(max-width: 40rem)").matches ? NARROW : WIDE;
  const rows = Array.from({ length: Math.max(1, Math.ceil(length / scale.row)) }, (_, i) => i * scale.row);
  return html`
    <svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-label=${t("report_picture")}
      viewBox=${`0 0 ${scale.width} ${rows.length * (ROW + 10)}`}>
      ${rows.map((start, i) => html`
        <g transform=${`translate(0 ${i * (ROW + 10)})`}><${Row} ...${{ t, start, scale, levels, lines }} /></g>`)}
    </svg>`;
}

/** The picture as a file: its colours are written into it. */
function save(svg) {
  const copy = svg.cloneNode(true);
  const properties = ["fill", "stroke", "opacity", "font-size", "font-family", "text-anchor"];
  const from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const property of properties) to[i].setAttribute(property, style.getPropertyValue(property));
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  link.download = "call.svg";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {{t: import("./i18n.js").Text, language: string, line: import("./line.js").Line}} props */
export function Report({ t, language, line }) {
  const lines = visible(line.seen);
  const length = Math.max(line.levels.caller.length / FRAMES, ...lines.map((each) => each.end));
  const latencies = lines.filter((each) => each.latency !== null).map((each) => each.latency);
  const outcome = line.lost ? "lost" : line.seen.outcome || "hung_up";
  const time = (value, digits = 1) => `${seconds(language, value, digits)} ${t("seconds")}`;
  return html`
    <section class="report card" aria-labelledby="report-title">
      <h2 id="report-title" tabindex="-1">${t("report")}</h2>
      <dl class="facts">
        <div><dt>${t("outcome")}</dt><dd class=${`outcome ${outcome}`} data-outcome=${outcome}>${t(`outcome_${outcome}`)}</dd></div>
        <div><dt>${t("length")}</dt><dd>${time(length, 0)}</dd></div>
        ${latencies.length > 0 && html`<div><dt>${t("median")}</dt><dd>${time(median(latencies) / 1000, 2)}</dd></div>`}
      </dl>
      <${Picture} ...${{ t, levels: line.levels, lines, length }} />
      <div class="scrolls" role="region" tabindex="0" aria-label=${`${t("report")}: ${t("words")}`}>
        <table>
          <thead><tr><th scope="col">#</th><th scope="col">${t("time")}</th><th scope="col">${t("who")}</th>
            <th scope="col">${t("words")}</th><th scope="col">${t("latency")}</th></tr></thead>
          <tbody>${lines.map((each, n) => html`
            <tr class=${each.who}>
              <td>${n + 1}</td><td>${time(each.at)}</td><th scope="row">${t(each.who === "bot" ? "bot" : "you")}</th>
              <td lang="vi"><${Words} t=${t} text=${kept(each)} /></td>
              <td>${each.latency === null ? "" : time(each.latency / 1000, 2)}</td>
            </tr>`)}
          </tbody>
        </table>
      </div>
      <p class="hint">${t("report_secret")}</p>
      <div class="buttons">
        <button type="button" class="quiet" onClick=${() => save(document.querySelector(".picture"))}>${t("save")}</button>
        <button type="button" class="quiet save-call" aria-describedby="save-call-secret"
          onClick=${() => saveCall(line, { title: t("report"), outcome, seconds: length, lines })}>${t("save_call")}</button>
      </div>
      <p class="hint" id="save-call-secret">${t("save_call_secret")}</p>
    </section>`;
}
