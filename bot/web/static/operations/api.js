/* The page's requests to the gateway. */

const PATH = "/operations/";

let csrf = ""; // every POST of a session shows it

/** The gateway refused: HTTP status, and seconds to wait if waiting helps. */
export class Refused extends Error {
  constructor(status, message, seconds = 0) {
    super(message);
    this.status = status;
    this.seconds = seconds;
  }
}

async function answered(asking) {
  let response;
  try {
    response = await asking;
  } catch {
    throw new Refused(0, "");
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Refused(response.status, told.error ?? "", told.seconds ?? 0);
}

const json = async (asking) => (await answered(asking)).json();

/** @param {Record<string, unknown>} query */
export const get = (path, query = {}) => json(fetch(`${PATH}${path}?${new URLSearchParams(query)}`));

const posted = (path, fields) =>
  fetch(PATH + path, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRF-Token": csrf } });

/** @param {Record<string, string>} fields */
export const post = (path, fields = {}) => json(posted(path, fields));

/** Save what a POST answers as a file. */
export async function save(path, fields, name) {
  const response = await answered(posted(path, fields));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The sound of a recorded call. */
export const sound = async (id) => (await answered(posted(`calls/${id}/sound`, {}))).blob();

const known = (who) => {
  csrf = who.csrf ?? "";
  return who.name ? who : null;
};

/** Who is logged in; null if nobody is. */
export const me = async () => known(await get("me"));
export const login = async (name, password) => known(await post("login", { name, password }));
export const logout = () => post("logout");
