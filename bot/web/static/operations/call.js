/* One call: when it reached which stage, a picture of it over time, and what was said. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { Words } from "../words.js";
import { get } from "./api.js";
import { means, reached } from "./find.js";
import { Recording } from "./recording.js";
import { HEIGHT as TOP, Stages } from "./stages.js";
import { moment } from "./time.js";
import { number, price } from "./i18n.js";

const WIDTH = 960, LEFT = 86, RIGHT = 14, LANE = 26;
const LANES = { bot: TOP + 8, caller: TOP + 52 };

/** Both sides over time: what the bot said, when the caller had finished, how long the answer took, stages. */
function Picture({ t, call }) {
  const length = Math.max(call.seconds, 1);
  const x = (at) => LEFT + (Math.min(at, length) / length) * (WIDTH - LEFT - RIGHT);
  const step = [1, 2, 5, 10, 20, 30, 60, 120].find((each) => length / each <= 14) ?? 300;
  const foot = LANES.caller + LANE + 10;
  const bot = call.events.filter((each) => each.who === "bot");
  return html`
    <svg class="chart timeline" role="img" aria-label=${t("timeline")} viewBox=${`0 0 ${WIDTH} ${foot + 20}`}>
      ${["bot", "caller"].map((who) => html`
        <text class="lane" x="0" y=${LANES[who] + 17}>${t(who)}</text>
        <rect class="rest" x=${LEFT} width=${WIDTH - LEFT - RIGHT} y=${LANES[who]} height=${LANE} />`)}
      ${bot.map((each, n) => {
        const end = Math.min(each.at + each.seconds, bot[n + 1]?.at ?? length, length);
        return html`<rect class="bot" x=${x(each.at).toFixed(1)} width=${Math.max(2, x(end) - x(each.at)).toFixed(1)} y=${LANES.bot} height=${LANE} rx="3"><title>${each.text}</title></rect>
          ${each.latency_ms !== null && html`<rect class="wait" x=${x(each.at - each.latency_ms / 1000).toFixed(1)} width=${Math.max(1.5, x(each.at) - x(each.at - each.latency_ms / 1000)).toFixed(1)}
            y=${LANES.bot + LANE} height=${LANES.caller - LANES.bot - LANE}><title>${each.latency_ms} ms</title></rect>`}`;
      })}
      ${call.events.filter((each) => each.who === "caller").map((each) => html`
        <rect class=${`caller ${each.by}`} x=${(x(each.ended_at) - 7).toFixed(1)} width="7" y=${LANES.caller} height=${LANE} rx="2"><title>${each.meaning}</title></rect>`)}
      <${Stages} ...${{ t, call, x }} width=${WIDTH} foot=${foot - 4} />
      ${Array.from({ length: Math.floor(length / step) + 1 }, (_, n) => html`<text class="tick" x=${x(n * step)} y=${foot + 10}>${n * step}</text>`)}
    </svg>`;
}

export function OneCall({ t, language, id, operator, failed }) {
  const [found, setFound] = useState({ call: null, recording: null });
  const { call, recording } = found;
  const [problem, setProblem] = useState("");
  useEffect(() => {
    get(`calls/${id}`).then(setFound, (error) => (error.status === 400 ? setProblem(error.message) : failed(error)));
  }, [id]);
  useEffect(() => document.getElementById("call-title")?.focus(), [call]);
  const n = (value, digits) => number(language, value, digits);
  const fact = (name, value) => html`<div><dt>${t(name)}</dt><dd>${value}</dd></div>`;
  return html`
    <p><a class="back" href="#">← ${t("back")}</a></p>
    <section class="card report" aria-labelledby="call-title">
      <h2 id="call-title" tabindex="-1">${t("call")}${call && ` · ${moment(language, call.started)}`}</h2>
      ${problem && html`<p class="trouble" role="alert">${problem}</p>`}
      ${call && html`
        <dl class="facts">
          <div><dt>${t("outcome")}</dt><dd class=${`outcome ${call.outcome}`} data-outcome=${call.outcome}>${t(`outcome_${call.outcome}`)}</dd></div>
          ${fact("seconds", n(call.seconds))}${fact("stage", t(reached(call)))}${means(call) && fact("by", t(means(call)))}${fact("retries", call.retries)}
          ${call.latency_p50 !== null && fact("latency", `${t("p50")} ${n(call.latency_p50 / 1000, 2)} · ${t("p95")} ${n(call.latency_p95 / 1000, 2)} ${t("s")}`)}
          ${fact("cost_call", t("cost_dong", { d: n((call.seconds / 60) * found.dong_a_minute) }))}
          ${call.exchange && fact("exchange", call.exchange)}
        </dl>
        <p class="hint" data-price=${found.dong_a_minute}>${price(t, n, found)}</p>
        ${recording
          ? html`<${Recording} ...${{ t, language, call, recording, failed }} may=${operator} />`
          : html`<h3>${t("timeline")}</h3>
            <div class="scrolls picture" role="region" tabindex="0" aria-label=${t("timeline")}><${Picture} t=${t} call=${call} /></div>`}
        <div class="scrolls" role="region" tabindex="0" aria-label=${t("text")}><table class="events">
          <thead><tr>${["at", "who", "text", "decided"].map((key) => html`<th scope="col">${t(key)}</th>`)}</tr></thead>
          <tbody>${call.events.map((each) => html`
            <tr class=${each.who}>
              <td>${n(each.at, 1)}</td><th scope="row">${t(each.who)}</th><td lang="vi"><${Words} t=${t} text=${each.text} /></td>
              <td>${each.who === "bot"
                ? each.latency_ms !== null && `${t("after")} ${n(each.latency_ms / 1000, 2)} ${t("s")}`
                : html`${each.why ? t(`why_${each.why}`) : each.meaning}${each.by && ` · ${t(each.by)}`}
                  <span class="why">${each.why === "offered" && html`<code>${each.meaning}</code>`}${each.confidence !== null && `${t("confidence")} ${n(100 * each.confidence)} %`}</span>`}</td>
            </tr>`)}</tbody>
        </table></div>
        <p class="hint">${t("secret")}</p>`}
    </section>`;
}
