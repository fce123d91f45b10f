/* The recording of a call: both voices' waveforms with their regions, and a player. */

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { sound } from "./api.js";
import { number } from "./i18n.js";
import { HEIGHT, Stages } from "./stages.js";

const WIDTH = 960, LEFT = 86, RIGHT = 14, LANE = 52, TOP = HEIGHT + 4, GAP = 14;
const LANES = { bot: TOP, caller: TOP + LANE + GAP };
const FOOT = LANES.caller + LANE;
const LEVELS = 50; // a second
const COLUMN = 1.5; // least width of a step of the outline, in units of the picture
const BACK = 5; // seconds of an arrow key

const side = (who) => (who === "bot" ? "bot" : "caller");

/** The outline of one voice: as many steps as can be seen, each as loud as its loudest 20 ms. */
function outline(levels, x, middle) {
  const step = Math.max(1, Math.round((COLUMN * LEVELS) / (x(1) - x(0))));
  const points = [];
  for (let i = 0; i < levels.length; i += step) points.push([x(i / LEVELS), (Math.max(...levels.slice(i, i + step)) / 100) * (LANE / 2)]);
  const line = (sign) => points.map(([at, height]) => `${at.toFixed(1)},${(middle + sign * height).toFixed(1)}`);
  return points.length ? `M${[...line(-1), ...line(1).reverse()].join("L")}Z` : "";
}

function Waves({ t, language, call, recording, now, go }) {
  const length = Math.max(recording.seconds, 1);
  const x = (at) => LEFT + (Math.min(Math.max(at, 0), length) / length) * (WIDTH - LEFT - RIGHT);
  const step = [1, 2, 5, 10, 20, 30, 60, 120].find((each) => length / each <= 14) ?? 300;
  const seek = (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    go((((event.clientX - left) / width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * length);
  };
  const box = (kind, who, begin, end, title) => html`
    <rect class=${kind} x=${x(begin).toFixed(1)} width=${Math.max(2, x(end) - x(begin)).toFixed(1)} y=${LANES[side(who)]} height=${LANE}><title>${title}</title></rect>`;
  return html`
    <svg class="chart timeline waves" role="img" aria-label=${t("waves")} viewBox=${`0 0 ${WIDTH} ${FOOT + 20}`} onClick=${seek}>
      ${["bot", "caller"].map((who) => html`
        <text class="lane" x="0" y=${LANES[who] + LANE / 2 + 5}>${t(who)}</text>
        <rect class="rest" x=${LEFT} width=${WIDTH - LEFT - RIGHT} y=${LANES[who]} height=${LANE} />`)}
      ${recording.regions.map((each) => box(`region ${each.who}`, each.who, each.at, each.end, t(`region_${each.who}`)))}
      ${recording.blanks.map(([begin, end]) => box("blank", "caller", begin, end, t("region_blank")))}
      ${["bot", "caller"].map((who) => html`<path class=${who} d=${outline(recording.levels[who], x, LANES[who] + LANE / 2)} />`)}
      ${recording.regions.filter((each) => each.latency_ms !== null).map((each) => html`
        <rect class="wait" x=${x(each.at - each.latency_ms / 1000).toFixed(1)} width=${Math.max(1.5, x(each.at) - x(each.at - each.latency_ms / 1000)).toFixed(1)}
          y=${LANES.bot + LANE} height=${GAP}><title>${`${t("after")} ${number(language, each.latency_ms / 1000, 2)} ${t("s")}`}</title></rect>`)}
      <${Stages} ...${{ t, call, x }} width=${WIDTH} foot=${FOOT} />
      ${Array.from({ length: Math.floor(length / step) + 1 }, (_, n) => html`<text class="tick" x=${x(n * step)} y=${FOOT + 14}>${n * step}</text>`)}
      ${now !== null && html`<line class="now" x1=${x(now)} x2=${x(now)} y1=${TOP - 4} y2=${FOOT} />`}
    </svg>`;
}

/** `may`: the sound may be played. It is fetched, and that is written into the audit trail, when it is first played. */
export function Recording({ t, language, call, recording, may, failed }) {
  const audio = useRef(null);
  const [now, setNow] = useState(null); // seconds; null: nothing was played yet
  const [state, setState] = useState("idle"); // idle, fetching, playing, paused, gone
  useEffect(() => () => audio.current && URL.revokeObjectURL(audio.current.src), []);

  const fetched = async () => {
    setState("fetching");
    const player = new Audio(URL.createObjectURL(await sound(call.id)));
    const follow = () => {
      setNow(player.currentTime);
      if (!player.paused) requestAnimationFrame(follow);
    };
    player.onplay = () => { setState("playing"); follow(); };
    player.onpause = () => setState("paused");
    player.onseeked = follow;
    audio.current = player;
  };
  const toggle = async () => {
    try {
      if (!audio.current) await fetched();
      if (audio.current.paused) await audio.current.play();
      else audio.current.pause();
    } catch (error) {
      setState(error.status === 404 ? "gone" : "idle");
      if (error.status !== 404) failed(error);
    }
  };
  const go = (at) => {
    if (audio.current) audio.current.currentTime = Math.min(Math.max(at, 0), recording.seconds);
  };
  const arrows = (event) => {
    const step = { ArrowLeft: -BACK, ArrowRight: BACK }[event.key];
    if (!step || !audio.current) return;
    event.preventDefault();
    go(audio.current.currentTime + step);
  };
  const n = (value) => number(language, value, 1);
  return html`
    <div class="recording">
      <h3>${t("recording")}</h3>
      ${may && html`
        <div class="player" onKeyDown=${arrows}>
          <button type="button" class="play" data-state=${state} disabled=${state === "fetching" || state === "gone"} onClick=${toggle}>
            ${state === "playing" ? `❚❚ ${t("pause")}` : `▶ ${t("play")}`}</button>
          <input type="range" min="0" max=${recording.seconds} step="0.1" value=${now ?? 0} disabled=${now === null}
            aria-label=${t("seek")} aria-valuetext=${`${n(now ?? 0)} ${t("s")}`} onInput=${(event) => go(Number(event.target.value))} />
          <output>${n(now ?? 0)} / ${n(recording.seconds)} ${t("s")}</output>
        </div>`}
      <div role="status">${state === "gone" && html`<p class="trouble">${t("recording_gone")}</p>`}</div>
      <div class="scrolls picture" role="region" tabindex="0" aria-label=${t("waves")}><${Waves} ...${{ t, language, call, recording, now, go }} /></div>
      <p class="hint regions">
        <span class="bot">${t("region_bot")}</span> <span class="caller">${t("region_caller")}</span> <span class="key">${t("region_key")}</span>
        <span class="wait">${t("region_wait")}</span> <span class="blank">${t("region_blank")}</span></p>
      <p class="hint">${t(may ? "listen_hint" : "listen_no")}</p>
    </div>`;
}
