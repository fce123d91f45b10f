/* The web phone: a new call, the call, its captions, its report. */

import { html, render, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { shown, visible } from "./captions.js";
import { LANGUAGES, preferred, seconds, texts } from "./i18n.js";
import { Keypad } from "./keypad.js";
import { Line } from "./line.js";
import { Report } from "./report.js";
import { Sound, Trouble } from "./sound.js";
import { Words } from "./words.js";

const DEMO = "0912345678";
const TURNS = ["number", "menu", "yesno", "any"]; // where the caller is expected to do something

/** @param {Line} line @returns {"bot" | "caller" | "thinking" | "over"} */
function turnOf(line) {
  if (line.ended) return "over";
  if (line.playing) return "bot";
  return line.seen.thinking || !TURNS.includes(line.seen.expect) ? "thinking" : "caller";
}

function Setup({ t, start, busy, trouble, again }) {
  const [caller, setCaller] = useState(DEMO);
  const [withheld, setWithheld] = useState(false);
  const number = caller.replace(/[\s.-]/g, "");
  const right = withheld || /^(\+?84|0)[0-9]{9}$/.test(number);
  const [tried, setTried] = useState(false);
  const alert = useRef(null);
  const go = (keysOnly) => (right ? start(withheld ? "" : number, keysOnly) : setTried(true));
  const submit = (event) => {
    event.preventDefault();
    go(false);
  };
  const what = tried && !right ? "caller_wrong" : trouble ? `trouble_${trouble.what}` : "";
  return html`
    <section class="setup card" aria-labelledby="setup-title">
      <h2 id="setup-title">${t("setup")}</h2>
      <form onSubmit=${submit} novalidate>
        <label for="caller">${t("caller")}</label>
        <input id="caller" type="tel" inputmode="tel" autocomplete="off" value=${caller} disabled=${withheld}
          list="numbers" aria-describedby="caller-hint alert" aria-invalid=${tried && !right}
          onInput=${(event) => setCaller(event.target.value)} />
        <datalist id="numbers"><option value=${DEMO} /><option value="0900000001" /><option value="0933333333" /></datalist>
        <p class="hint" id="caller-hint">${t("caller_hint")}</p>
        <label class="check"><input type="checkbox" checked=${withheld} onChange=${() => setWithheld(!withheld)} />
          ${t("withheld")}</label>
        <div role="alert" id="alert" ref=${alert}>${what && html`<p class="trouble" data-trouble=${what}>${t(what)}</p>`}</div>
        <div class="buttons">
          <button type="submit" class="go" disabled=${busy}>${t(busy ? "calling" : again ? "again" : "call")}</button>
          ${trouble?.keysOnly && html`<button type="button" class="quiet" onClick=${() => go(true)}>${t("keys_only")}</button>`}
        </div>
      </form>
    </section>`;
}

/** Both voices' levels, written without the renderer: they change fifty times a second. */
function Meters({ t, line }) {
  const mine = useRef(null), bots = useRef(null);
  useEffect(() => {
    let going = true;
    const draw = () => {
      const { caller, bot } = line.levels;
      if (mine.current) mine.current.value = Math.sqrt(caller.at(-1) ?? 0);
      if (bots.current) bots.current.value = Math.sqrt(bot.at(-1) ?? 0);
      if (going) requestAnimationFrame(draw);
    };
    draw();
    return () => (going = false);
  }, [line]);
  return html`
    <div class="meters">
      <label><span>${t("you")}</span><meter ref=${mine} min="0" max="1" aria-label=${t("level_you")}></meter></label>
      <label><span>${t("bot")}</span><meter ref=${bots} min="0" max="1" aria-label=${t("level_bot")}></meter></label>
    </div>`;
}

function Cells({ t, seen }) {
  if (!seen.length) return null;
  const digits = seen.cells.padEnd(seen.length, " ").split("");
  const spoken = digits.map((digit) => (digit.trim() ? digit : t("cell_empty"))).join(" ");
  return html`
    <div class="cells" role="img" aria-label=${`${t("cells")}: ${spoken}`} data-cells=${seen.cells}>
      ${digits.map((digit, n) => html`
        <span class=${`cell ${digit.trim() ? "full" : ""} ${seen.cell === n + 1 ? "asked" : ""}`}>${digit}</span>`)}
    </div>`;
}

function Status({ t, line, live }) {
  const { seen } = line;
  const turn = turnOf(line);
  return html`
    <section class=${`call card ${turn}`} aria-labelledby="call-title">
      <h2 id="call-title">${t("in_call")}</h2>
      <p class="turn" role="status" aria-live=${live ? "polite" : "off"} data-turn=${turn}>${t(`turn_${turn}`)}</p>
      <p class="state">${t("state")}: <strong data-state=${seen.expect}>${t(`state_${seen.expect}`)}</strong></p>
      <${Meters} t=${t} line=${line} />
      <p class="hearing"><span class="label">${t("hearing")}:</span> <span lang="vi" data-hearing>${seen.heard || "…"}</span></p>
      <${Cells} t=${t} seen=${seen} />
    </section>`;
}

function Keys({ t, line }) {
  return html`
    <section class="keys card" aria-label=${t("keypad")}>
      <${Keypad} t=${t} press=${(key) => line.press(key)} />
      <button type="button" class="stop" onClick=${() => line.hangUp()}>${t("hang_up")}</button>
    </section>`;
}

function Captions({ t, language, line, live, setLive }) {
  const lines = line ? visible(line.seen) : [];
  const box = useRef(null);
  useEffect(() => {
    box.current.scrollTop = box.current.scrollHeight;
  });
  const after = (each) => t("answered").replace("{s}", seconds(language, each.latency / 1000, 2));
  return html`
    <section class="captions card" aria-labelledby="captions-title">
      <h2 id="captions-title">${t("captions")}</h2>
      <label class="check"><input type="checkbox" checked=${live} onChange=${() => setLive(!live)} /> ${t("captions_live")}</label>
      <div class="log" role="log" tabindex="0" ref=${box} aria-labelledby="captions-title"
        aria-live=${live ? "polite" : "off"} aria-relevant="additions">
        ${lines.map((each) => html`
          <p class=${`line ${each.who}`} key=${each.id}>
            <span class="who">${t(each.who === "bot" ? "bot" : "you")}</span>
            <span class="words" lang="vi">${each.who === "caller"
              ? html`<${Words} t=${t} text=${each.text} />`
              : each.parts.filter((part) => part.state !== "waiting").map((part) => html`
                  <span key=${part.id} class=${part.secret ? "secret" : ""}><${Words} t=${t} text=${shown(part)} /> </span>`)}</span>
            ${each.parts.some((part) => part.synthetic && part.state !== "waiting") && html`<span class="after synthetic" title=${t("synthetic_hint")}>${t("synthetic")}</span>`}
            ${each.latency !== null && html`<span class="after" data-latency=${each.latency}>${after(each)}</span>`}
            ${each.cut && html`<span class="after cut">${t("cut")}</span>`}
          </p>`)}
      </div>
    </section>`;
}

function App() {
  const [language, setLanguage] = useState(preferred());
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const [live, setLive] = useState(true);
  const [call, setCall] = useState({ line: null, changes: 0 });
  const t = texts(language);
  const { line } = call;
  const inCall = line && !line.ended;

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${t("title")} · voicebot`;
  }, [language]);
  useEffect(() => {
    if (line?.ended) document.getElementById("report-title").focus();
  }, [line?.ended]);
  useEffect(() => {
    const gone = () => line?.socket.close();
    addEventListener("pagehide", gone);
    return () => removeEventListener("pagehide", gone);
  }, [line]);

  const start = async (caller, keysOnly) => {
    setTrouble(null);
    setBusy(true);
    let sound;
    try {
      sound = await Sound.open(keysOnly);
      const opened = await Line.open(caller, sound, (changed) => setCall((before) => ({ line: changed, changes: before.changes + 1 })));
      setCall({ line: opened, changes: 0 });
    } catch (error) {
      sound?.close();
      if (!(error instanceof Trouble)) throw error;
      setTrouble(error);
    } finally {
      setBusy(false);
    }
  };

  return html`
    <header>
      <div><h1>${t("title")}</h1><p>${t("lead")}</p></div>
      <label class="language"><span>${t("language")}</span>
        <select value=${language} onChange=${(event) => setLanguage(event.target.value)}>
          ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code} selected=${code === language}>${name}</option>`)}
        </select></label>
    </header>
    <main class=${inCall ? "in-call" : ""}>
      ${inCall
        ? html`<${Status} ...${{ t, line, live }} />`
        : html`<${Setup} ...${{ t, start, busy, again: Boolean(line), trouble: trouble ?? (line?.lost ? { what: "lost" } : null) }} />`}
      <${Captions} ...${{ t, language, line, live, setLive }} />
      ${inCall && html`<${Keys} t=${t} line=${line} />`}
      ${line?.ended && html`<${Report} ...${{ t, language, line }} />`}
    </main>`;
}

const place = document.getElementById("phone");
place.textContent = "";
render(html`<${App} />`, place);
