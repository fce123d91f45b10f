/* Figures of some days: stages, outcomes, means, latency, what a password costs. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { get } from "./api.js";
import { Columns, Figures, Rows } from "./charts.js";
import { DAY, HOUR, day, hour, midnight } from "./time.js";
import { number, price } from "./i18n.js";

const DAYS = [1, 7, 30, 365];
const STAGES = ["calls", "number_given", "confirmed", "matched", "heard"];
const OUTCOMES = ["reset", "answered", "refused", "hung_up", "no_input", "no_match", "transferred", "error"];
const MEANS = ["by_voice", "by_keys", "by_both"];

/** All periods, also those without a call. */
function filled({ series, by }, since, until) {
  const found = new Map(series.map((each) => [each.at, each]));
  const step = by === "hour" ? HOUR : DAY;
  const periods = [];
  for (let at = since; at < until; at += step) periods.push(found.get(at) ?? { at, calls: 0, reset: 0, latency_p95: null });
  return periods;
}

export function Overview({ t, language, kept, failed }) {
  const [days, setDays] = useState(7);
  const [found, setFound] = useState(null);
  useEffect(() => {
    let wanted = true;
    const now = Date.now() / 1000, since = midnight(now) - (days - 1) * DAY, until = midnight(now) + DAY;
    get("overview", { since, until, by: days === 1 ? "hour" : "day" })
      .then((answer) => wanted && setFound({ ...answer, since, until, days }), failed);
    return () => (wanted = false);
  }, [days, kept]);
  const n = (value, digits) => number(language, value, digits);
  return html`
    <section class="card" aria-labelledby="figures-title">
      <div class="title"><h2 id="figures-title">${t("figures")}</h2>
        <label class="inline"><span>${t("range")}</span>
          <select value=${days} onChange=${(event) => setDays(Number(event.target.value))} data-range>
            ${DAYS.map((each) => html`<option value=${each} selected=${each === days}>${t(`range_${each}`)}</option>`)}
          </select></label></div>
      ${found && (found.total.calls ? html`<${Shown} ...${{ t, language, n, found }} />` : html`<p data-calls="0">${t("none_yet")}</p>`)}
    </section>`;
}

function Shown({ t, language, n, found }) {
  const { total } = found;
  const share = (value) => `${n(value)} · ${n((100 * value) / total.calls)} %`;
  const dong = (seconds) => (seconds === null ? null : (seconds / 60) * found.dong_a_minute);
  const own = total.seconds_a_password, all = total.all_seconds_a_password;
  const paid = (each) => (each === null ? "–" : t("cost_text", { s: n(each), d: n(dong(each)) }));
  const periods = filled(found, found.since, found.until);
  const name = (at) => (found.by === "hour" ? hour : day)(language, at);
  const rows = (keys, label) => keys.map((key) => ({ key, label: t(label(key)), value: total[key], text: share(total[key]) }));
  const seconds = (ms) => (ms === null ? "–" : `${n(ms / 1000, 2)} ${t("s")}`);
  return html`
    <dl class="facts" data-calls=${total.calls}>
      <div><dt>${t("calls")}</dt><dd>${n(total.calls)}</dd></div>
      <div><dt>${t("passwords")}</dt><dd>${share(total.reset)}</dd></div>
      <div><dt>${t("retries_a_call")}</dt><dd>${n(total.retries / total.calls, 2)}</dd></div>
      <div><dt>${t("latency")}</dt><dd>${t("p50")} ${seconds(total.latency_p50)} · ${t("p95")} ${seconds(total.latency_p95)}</dd></div>
      <div><dt>${t("cost")}</dt><dd>${paid(own)}</dd></div>
    </dl>
    ${own !== null && html`<p class="hint" data-price=${found.dong_a_minute}>${price(t, n, found)} ${t("cost_hint", { a: n(all), b: n(dong(all)) })}</p>`}
    <div class="columns">
      <div><h3>${t("funnel")}</h3><${Rows} of=${total.calls} bars=${rows(STAGES, (key) => (key === "calls" ? "answered" : key))} /></div>
      <div><h3>${t("outcomes")}</h3><${Rows} of=${total.calls} bars=${rows(OUTCOMES, (key) => `outcome_${key}`)} /></div>
      <div><h3>${t("by")}</h3><${Rows} of=${total.calls} bars=${rows(MEANS, (key) => key)} /></div>
    </div>
    <div class="columns wide">
      <div><h3>${t("series")} <small class="key"><span class="whole">${t("calls")}</span> <span class="part">${t("passwords")}</span></small></h3>
        <${Columns} name=${t("series")} show=${(value) => n(value, value % 1 ? 1 : 0)}
          bars=${periods.map((each) => ({ label: name(each.at), value: each.calls, part: each.reset, text: `${n(each.calls)}, ${t("passwords")} ${n(each.reset)}` }))} />
        <${Figures} t=${t} head=${[t("period"), t("calls"), t("passwords"), t("p50"), t("p95"), t("cost")]}
          rows=${found.series.map((each) => [name(each.at), n(each.calls), n(each.reset), seconds(each.latency_p50), seconds(each.latency_p95), paid(each.seconds_a_password)])} /></div>
      <div><h3>${t("hours")} <small class="key"><span class="whole">${t("calls")}</span> <span class="part">${t("passwords")}</span></small></h3>
        <${Columns} name=${t("hours")} show=${(value) => n(value, value % 1 ? 1 : 0)}
          bars=${found.hours.map((each, at) => ({ label: `${at}`, value: each.calls, part: each.reset, text: `${n(each.calls)}, ${t("passwords")} ${n(each.reset)}` }))} />
        <${Figures} t=${t} head=${[t("period"), t("calls"), t("passwords")]}
          rows=${found.hours.map((each, at) => [`${at}:00`, n(each.calls), n(each.reset)])} /></div>
      <div><h3>${t("latencies")}</h3>
        <${Columns} name=${t("latencies")} show=${(value) => n(value, 1)}
          bars=${periods.map((each) => ({ label: name(each.at), value: (each.latency_p95 ?? 0) / 1000, text: seconds(each.latency_p95) }))} /></div>
    </div>`;
}
