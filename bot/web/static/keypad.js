/* The telephone's keypad: buttons, and the computer's keys while the focus is in it. */

import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LIT_MS = 150;

/** @param {{t: import("./i18n.js").Text, press: (key: string) => void}} props */
export function Keypad({ t, press }) {
  const pad = useRef(null);
  const [lit, setLit] = useState("");
  useEffect(() => pad.current.focus({ preventScroll: true }), []);

  const down = (key) => {
    press(key);
    setLit(key);
    setTimeout(() => setLit(""), LIT_MS);
  };
  const onKeyDown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !KEYS.includes(event.key)) return;
    event.preventDefault();
    down(event.key);
  };
  const named = (key) => (key === "*" ? t("star") : key === "#" ? t("hash") : key);

  // `application`: a screen reader passes digit keys to the page, and does not use them to move
  return html`
    <div class="keypad" role="application" tabindex="0" ref=${pad} aria-label=${t("keypad")}
      aria-describedby="keypad-hint" onKeyDown=${onKeyDown}>
      ${KEYS.map((key) => html`
        <button type="button" class=${key === lit ? "lit" : ""} aria-label=${named(key)} onClick=${() => down(key)}>
          ${key}
        </button>`)}
    </div>
    <p class="hint" id="keypad-hint">${t("keypad_hint")}</p>`;
}
