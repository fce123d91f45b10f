/* Calls by time, outcome and phone; the export; unlocking an account. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { post, save } from "./api.js";
import { DAY, dateOf, dayBegan, moment } from "./time.js";
import { number } from "./i18n.js";

const OUTCOMES = ["reset", "answered", "refused", "hung_up", "no_input", "no_match", "transferred", "error"];
const STAGES = ["heard", "matched", "confirmed", "number_given"];

/** The last stage that a call reached. */
export const reached = (call) => STAGES.find((stage) => call[stage] !== null) ?? "answered";
export const means = (call) => (call.voice_digits && call.key_digits ? "both" : call.voice_digits ? "voice" : call.key_digits ? "keys" : "");

const today = () => dateOf(Date.now() / 1000);

/** The form's state outlives a look at one call. */
export const initial = () => ({ since: dateOf(Date.now() / 1000 - 6 * DAY), until: today(), outcome: "", phone: "", exchange: "" });

export function Find({ t, language, wanted, setWanted, kept, operator, failed }) {
  const [found, setFound] = useState({ calls: null, more: false });
  const [asked, setAsked] = useState(wanted);
  const [problem, setProblem] = useState("");
  const fields = (of) => ({ ...of, since: dayBegan(of.since), until: dayBegan(of.until) + DAY });
  const trouble = (error) => (error.status === 400 ? setProblem(error.message) : failed(error));
  const ask = (of, after) =>
    post("find", { ...fields(of), after: after ? `${after.started} ${after.id}` : "" }).then((answer) => {
      setProblem("");
      setFound((before) => ({
        calls: [...(after ? before.calls : []), ...answer.calls], more: answer.calls.length === answer.page,
      }));
    }, trouble);
  useEffect(() => {
    if (!asked.phone || !found.calls) ask(asked); // a search by phone is recorded: it is not repeated by itself
  }, [asked, kept]);
  const field = (name, type, more = {}) => html`
    <label>${t(name)}<input type=${type} value=${wanted[name]} autocomplete="off" ...${more}
      onInput=${(event) => setWanted({ ...wanted, [name]: event.target.value })} /></label>`;
  const submit = (event) => {
    event.preventDefault();
    setAsked(wanted);
    ask(wanted);
  };
  return html`
    <section class="card" aria-labelledby="find-title">
      <h2 id="find-title">${t("find")}</h2>
      <form class="find" onSubmit=${submit}>
        ${field("since", "date", { required: true, max: today() })}${field("until", "date", { required: true })}
        <label>${t("outcome")}<select onChange=${(event) => setWanted({ ...wanted, outcome: event.target.value })}>
          <option value="">${t("any")}</option>
          ${OUTCOMES.map((each) => html`<option value=${each} selected=${each === wanted.outcome}>${t(`outcome_${each}`)}</option>`)}
        </select></label>
        ${field("phone", "tel", { "aria-describedby": "phone-hint" })}${field("exchange", "text")}
        <div class="buttons"><button type="submit" class="go">${t("search")}</button>
          ${operator && html`<button type="button" class="export" onClick=${() => save("export", fields(wanted), "calls.csv").catch(trouble)}>${t("export")}</button>`}</div>
      </form>
      <p class="hint" id="phone-hint">${t("phone_hint")}</p>
      <div role="status">${problem ? html`<p class="trouble">${problem}</p>`
        : found.calls && html`<p class="state" data-found=${found.calls.length}>${found.calls.length ? t("found", { n: `${found.calls.length}${found.more ? "+" : ""}` }) : t("found_none")}</p>`}</div>
      ${found.calls?.length > 0 && html`
        <div class="scrolls" role="region" tabindex="0" aria-label=${`${t("find")}: ${t("calls")}`}><table class="list">
          <thead><tr>${["began", "seconds", "outcome", "stage", "by", "retries", "latency"].map((key) => html`<th scope="col">${t(key)}</th>`)}</tr></thead>
          <tbody>${found.calls.map((call) => html`
            <tr key=${call.id} data-id=${call.id}>
              <th scope="row"><a href=${`#call/${call.id}`} aria-label=${`${t("open")}: ${moment(language, call.started)}`}>${moment(language, call.started)}</a></th><td>${number(language, call.seconds)}</td>
              <td class=${`outcome ${call.outcome}`}>${t(`outcome_${call.outcome}`)}</td><td>${t(reached(call))}</td>
              <td>${means(call) && t(means(call))}</td><td>${call.retries}</td>
              <td>${call.latency_p95 === null ? "" : `${t("p95")} ${number(language, call.latency_p95 / 1000, 2)} ${t("s")}`}</td>
            </tr>`)}</tbody>
        </table></div>
        ${found.more && html`<button type="button" class="more" onClick=${() => ask(asked, found.calls.at(-1))}>${t("more")}</button>`}`}
    </section>`;
}

export function Unlock({ t, failed }) {
  const [phone, setPhone] = useState("");
  const [told, setTold] = useState(null);
  const submit = (event) => {
    event.preventDefault();
    post("unlock", { phone }).then(
      (answer) => setTold({ text: t("unlocked", { n: answer.forgiven }), forgiven: answer.forgiven }),
      (error) => (error.status === 400 ? setTold({ text: error.message, wrong: true }) : failed(error)),
    );
  };
  return html`
    <section class="card" aria-labelledby="unlock-title">
      <h2 id="unlock-title">${t("unlock")}</h2>
      <form class="find unlock" onSubmit=${submit}>
        <label>${t("unlock_phone")}<input type="tel" required value=${phone} autocomplete="off" onInput=${(event) => setPhone(event.target.value)} /></label>
        <div class="buttons"><button type="submit">${t("unlock_do")}</button></div>
      </form>
      <div role="status">${told && html`<p class=${told.wrong ? "trouble" : "state"} data-forgiven=${told.forgiven}>${told.text}</p>`}</div>
    </section>`;
}
