/* Calls in progress, as the gateway reports them. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { clock } from "./time.js";

/** The gateway's report: {calls, alarms, kept}; `ahead`: how far its clock is ahead of this one, in seconds. */
export function useLive(gone) {
  const [live, setLive] = useState({ calls: [], alarms: [], kept: 0, ahead: 0, connected: false });
  useEffect(() => {
    const source = new EventSource("/operations/live");
    source.onmessage = (event) => {
      const told = JSON.parse(event.data);
      setLive({ ...told, ahead: told.now - Date.now() / 1000, connected: true });
    };
    source.onerror = () => {
      setLive((before) => ({ ...before, connected: false }));
      gone(source);
    };
    return () => source.close();
  }, []);
  return live;
}

export function Live({ t, language, live }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const age = (call) => Math.max(0, Math.round(Date.now() / 1000 + live.ahead - call.started));
  return html`
    <section class="card" aria-labelledby="live-title">
      <h2 id="live-title">${t("live")}</h2>
      <div role="status">
        ${!live.connected && html`<p class="trouble" data-lost>${t("live_lost")}</p>`}
        ${live.alarms.map((alarm) => html`<p class="trouble" data-alarm=${alarm}>${t(`alarm_${alarm}`)}</p>`)}
        <p class="state" data-live=${live.calls.length}>${live.calls.length ? t("live_count", { n: live.calls.length }) : t("live_none")}</p>
      </div>
      ${live.calls.length > 0 && html`
        <div class="scrolls" role="region" tabindex="0" aria-label=${`${t("live")}: ${t("calls")}`}><table>
          <thead><tr>${["began", "seconds", "stage", "expects", "retries", "exchange"].map((key) => html`<th scope="col">${t(key)}</th>`)}</tr></thead>
          <tbody>${live.calls.map((call) => html`
            <tr key=${call.id} data-call=${call.id} data-stage=${call.stage} data-expect=${call.expect}>
              <th scope="row">${clock(language, call.started)}</th><td>${age(call)}</td>
              <td>${t(call.stage)}</td><td>${t(`expect_${call.expect}`)}</td><td>${call.retries}</td><td>${call.exchange}</td>
            </tr>`)}</tbody>
        </table></div>`}
    </section>`;
}
