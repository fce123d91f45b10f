/* Words with masked digits in them: dots for the eye, "10 digits, masked" for the ear. */

import { html } from "./vendor/htm-preact.js";

const DOTS = /(•[• ]*)/;

/** @param {{t: import("./i18n.js").Text, text: string}} props */
export function Words({ t, text }) {
  if (!text) return t("nothing_said");
  return text.split(DOTS).map((piece) => {
    const count = [...piece].filter((sign) => sign === "•").length;
    if (!count) return piece;
    return html`<span aria-hidden="true">${piece}</span><span class="unseen">${`${count} ${t("digits")} `}</span>`;
  });
}
