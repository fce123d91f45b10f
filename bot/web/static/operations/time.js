/* Times as Vietnam's clock shows them, wherever the reader is. */

const ZONE = "Asia/Ho_Chi_Minh";
const AHEAD = 7 * 3600; // seconds ahead of UTC, all year round

export const HOUR = 3600, DAY = 24 * HOUR;

/** When the day of a time (seconds since 1970) began. */
export const midnight = (at) => Math.floor((at + AHEAD) / DAY) * DAY - AHEAD;

/** "2026-03-01", as date fields have it. */
export const dateOf = (at) => new Date((at + AHEAD) * 1000).toISOString().slice(0, 10);

/** When a day of a date field began. */
export const dayBegan = (date) => Date.parse(`${date}T00:00:00Z`) / 1000 - AHEAD;

const shown = (options) => (language, at) =>
  new Intl.DateTimeFormat(language, { timeZone: ZONE, ...options }).format(new Date(at * 1000));

export const clock = shown({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
export const hour = shown({ hour: "2-digit", minute: "2-digit", hour12: false });
export const day = shown({ day: "numeric", month: "numeric" });
export const moment = shown({ dateStyle: "short", timeStyle: "medium", hour12: false });
