/* The operator's page: login, calls in progress, figures, search, one call. */

import { html, render, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { LANGUAGES, preferred } from "../i18n.js";
import { login, logout, me } from "./api.js";
import { OneCall } from "./call.js";
import { Find, Unlock, initial } from "./find.js";
import { Live, useLive } from "./live.js";
import { Overview } from "./overview.js";
import { texts } from "./i18n.js";

const CALL = /^#call\/([0-9a-f]{32})$/;

function Login({ t, entered }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    const { name, password } = form.current.elements;
    try {
      entered(await login(name.value.trim(), password.value));
    } catch (error) {
      password.value = "";
      setProblem(error.status === 401 ? t("login_wrong") : error.status === 429 ? t("login_wait", { n: error.seconds }) : t("unreachable"));
      setBusy(false);
    }
  };
  return html`
    <main class="narrow"><section class="card" aria-labelledby="login-title">
      <h2 id="login-title">${t("login")}</h2>
      <form class="login" ref=${form} onSubmit=${submit}>
        <label>${t("name")}<input name="name" type="text" required autocomplete="username" autocapitalize="none" /></label>
        <label>${t("password")}<input name="password" type="password" required autocomplete="current-password" /></label>
        <div role="alert">${problem && html`<p class="trouble" data-trouble>${problem}</p>`}</div>
        <div class="buttons"><button type="submit" class="go" disabled=${busy}>${t("login")}</button></div>
      </form>
    </section></main>`;
}

function Desk({ t, language, who, out }) {
  const [id, setId] = useState(CALL.exec(location.hash)?.[1]);
  const [trouble, setTrouble] = useState("");
  const [wanted, setWanted] = useState(initial);
  const failed = (error) => (error.status === 401 ? out() : setTrouble(error.message || t("unreachable")));
  const live = useLive((source) => source.readyState === EventSource.CLOSED && me().then((still) => still || out(), failed));
  useEffect(() => {
    const moved = () => setId(CALL.exec(location.hash)?.[1]);
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const operator = who.role === "operator", { kept } = live;
  return html`
    <main>
      <div role="alert">${trouble && html`<p class="trouble" data-trouble>${trouble}</p>`}</div>
      ${id ? html`<${OneCall} key=${id} ...${{ t, language, id, operator, failed }} />` : html`
        <${Live} ...${{ t, language, live }} />
        <${Overview} ...${{ t, language, kept, failed }} />
        <${Find} ...${{ t, language, wanted, setWanted, kept, operator, failed }} />
        ${operator && html`<${Unlock} t=${t} failed=${failed} />`}`}
    </main>`;
}

function App() {
  const [language, setLanguage] = useState(preferred());
  const [who, setWho] = useState(undefined); // undefined: not known yet
  const t = texts(language);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${t("title")} · voicebot`;
  }, [language]);
  useEffect(() => {
    me().then(setWho, () => setWho(null));
  }, []);
  const out = () => setWho(null);
  return html`
    <header>
      <h1>${t("title")}</h1>
      <div class="who">
        ${who && html`<span data-who=${who.name}>${who.name} (${t(`role_${who.role}`)})</span>
          <button type="button" class="logout" onClick=${() => logout().then(out, out)}>${t("logout")}</button>`}
        <label class="language"><span>${t("language")}</span>
          <select value=${language} onChange=${(event) => setLanguage(event.target.value)}>
            ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code} selected=${code === language}>${name}</option>`)}
          </select></label>
      </div>
    </header>
    ${who === null && html`<${Login} t=${t} entered=${setWho} />`}
    ${who && html`<${Desk} ...${{ t, language, who, out }} />`}`;
}

const place = document.getElementById("operations");
place.textContent = "";
render(html`<${App} />`, place);
