"use strict";
/* A call: its sound, its waveform and its captions, from the JSON in this page. */
(() => {
  const TEXTS = {
    vi: {
      language: "Ngôn ngữ", wave: "Âm thanh", captions: "Lời thoại", play: "▶ Nghe", pause: "❚❚ Dừng", seek: "Vị trí, giây",
      keys: "Phím cách: nghe hoặc dừng. ← →: lùi hoặc tới 5 giây. ↑ ↓: câu trước hoặc câu sau. Bấm vào hình hoặc vào câu để nghe từ đó.",
      picture: "Độ to của hai bên theo thời gian; lời thoại ở danh sách bên dưới.",
      caller: "Người gọi", bot: "Tổng đài", key: "Phím bấm", seconds: "giây", digits: "chữ số, đã che",
      after: "trả lời sau {s} giây", outcome: "Kết quả", length: "Thời lượng", median: "Trả lời sau (trung vị)",
      invented: "", blanked: "Mã số và mật khẩu đã được xoá khỏi âm thanh và che trong lời thoại.",
      spoken: "Âm thanh có đọc mật khẩu và có thể có mã số. Hãy giữ tệp này kín như mật khẩu, và xoá khi không cần nữa.",
      no_sound: "Trình duyệt này không phát được âm thanh của trang.",
      reset: "đã cấp mật khẩu mới", refused: "không khớp hoặc bị từ chối", no_input: "không nghe thấy người gọi",
      no_match: "không hiểu người gọi", hung_up: "người gọi gác máy", transferred: "chuyển tới tổng đài viên", error: "lỗi",
      lost: "mất kết nối",
      ask_reset: "xin cấp lại mật khẩu", ask_operator: "xin gặp tổng đài viên", ask_repeat: "xin nhắc lại", affirm: "đúng", deny: "sai",
      words: "lời nói", "no input": "không nghe thấy gì", "no match": "không hiểu", played: "đã đọc hết", "not heard": "không nghe được",
      "hung up": "đã gác máy", "own telephone number": "số điện thoại đang gọi",
    },
    en: {
      language: "Language", wave: "Sound", captions: "Captions", play: "▶ Play", pause: "❚❚ Pause", seek: "Position in seconds",
      keys: "Space: play or pause. ← →: 5 seconds back or on. ↑ ↓: line before or after. Click the picture or a line to play from there.",
      picture: "How loud both sides were over time; what they said is in the list below.",
      caller: "Caller", bot: "Hotline", key: "Keys", seconds: "s", digits: "digits, masked",
      after: "answered after {s} s", outcome: "Outcome", length: "Length", median: "Answered after (median)",
      invented: "", blanked: "Number and password were removed from the sound and masked in the captions.",
      spoken: "The password is spoken in the sound, and perhaps the number. Keep this file like a password, and delete it when it is not needed.",
      no_sound: "This browser cannot play the sound of this page.",
      reset: "new password given", refused: "no match, or refused", no_input: "the caller was not heard",
      no_match: "the caller was not understood", hung_up: "the caller hung up", transferred: "handed to a person", error: "failure",
      lost: "connection lost",
      ask_reset: "wants a new password", ask_operator: "wants a person", ask_repeat: "wants it once more", affirm: "yes", deny: "no",
    },
  };
  const MEANINGS = [ // bot.call.describe
    [/^(\d+) digits, spoken$/, "$1 chữ số, bằng lời"], [/^(\d+) digits, keyed$/, "$1 chữ số, bấm phím"],
    [/^(\d+) digits missing$/, "thiếu $1 chữ số"], [/^(\d+) digits$/, "$1 chữ số"], [/^digit (\d+) uncertain$/, "chưa chắc chữ số thứ $1"],
  ];
  const SVG = "http://www.w3.org/2000/svg";
  const LEVELS = 50; // a second
  const HEIGHT = 96, VOICE = 36; // of a row, in units of its picture
  const WIDE = { width: 1000, seconds: 20 }, NARROW = { width: 400, seconds: 10 }; // a row, on a desk and on a phone
  const MIDDLES = { caller: 20, bot: 60 };
  const BACK = 5; // seconds of an arrow key

  const call = JSON.parse(document.getElementById("call").textContent);
  const find = (id) => document.getElementById(id);
  const sound = find("sound"), seek = find("seek"), wave = find("wave");
  const spoken = call.lines.filter((line) => line.who !== "state");
  const length = Math.max(call.seconds, 0.1);
  let language = navigator.language.toLowerCase().startsWith("vi") ? "vi" : "en";
  let rows = [], width = WIDE.width, current = null, failed = false;
  const t = (key) => TEXTS[language][key] ?? key;
  const meaning = (text) => (language === "vi" ? MEANINGS.reduce((words, [pattern, vi]) => words.replace(pattern, vi), t(text)) : t(text));
  const number = (value, digits = 1) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

  function make(tag, fields = {}, children = [], space = null) {
    const element = space ? document.createElementNS(space, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(fields)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  const draw = (tag, fields, children) => make(tag, fields, children, SVG);

  /* Dots for the eye, their number for the ear. */
  const words = (text) => text.split(/(•[• ]*)/).flatMap((piece) => {
    const count = [...piece].filter((sign) => sign === "•").length;
    if (!count) return [piece];
    return [make("span", { "aria-hidden": "true" }, [piece]), make("span", { class: "unseen" }, [`${count} ${t("digits")} `])];
  });

  function outline(levels, start, span, middle) {
    const heights = levels.slice(start * LEVELS, (start + span) * LEVELS).map((level) => (level / 100) * VOICE / 2);
    if (!heights.length) return "";
    const point = (height, i, sign) => `${((i / LEVELS / span) * width).toFixed(1)},${(middle + sign * height).toFixed(1)}`;
    return `M${[...heights.map((h, i) => point(h, i, -1)), ...heights.map((h, i) => point(h, i, 1)).reverse()].join("L")}Z`;
  }

  function row(start, span) {
    const x = (at) => Math.min(Math.max(((at - start) / span) * width, 0), width);
    const box = (kind, who, begin, end) => draw("rect", {
      class: `${kind} ${who === "key" ? "caller" : who}`, x: x(begin), width: Math.max(x(end) - x(begin), 2),
      y: MIDDLES[who === "bot" ? "bot" : "caller"] - VOICE / 2, height: VOICE,
    });
    const within = ([begin, end]) => end >= start && begin < start + span;
    const head = draw("line", { class: "head", y1: 0, y2: HEIGHT - 14 });
    const picture = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, "data-start": start, "aria-hidden": "true" }, [
      ...["caller", "bot"].flatMap((who) => [
        draw("line", { class: "axis", x1: 0, x2: width, y1: MIDDLES[who], y2: MIDDLES[who] }),
        draw("path", { class: who, d: outline(call.levels[who], start, span, MIDDLES[who]) }),
      ]),
      ...spoken.filter((line) => within([line.at, line.end])).map((line) => box("span", line.who, line.at, line.end)),
      ...call.blanks.filter(within).map(([begin, end]) => box("blank", "caller", begin, end)),
      ...Array.from({ length: Math.ceil(Math.min(span, length - start) / 2) }, (_, i) => draw("text", { x: x(start + 2 * i) + 2, y: HEIGHT - 2 }, [`${start + 2 * i}`])),
      head,
    ]);
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      go(start + ((event.clientX - box.left) / box.width) * span);
    });
    return { start, span, head, picture };
  }

  function drawWave() {
    const shape = matchMedia("(max-width: 40rem)").matches ? NARROW : WIDE, span = shape.seconds;
    width = shape.width;
    rows = Array.from({ length: Math.ceil(length / span) }, (_, i) => row(i * span, span));
    wave.replaceChildren(...rows.map((each) => each.picture));
    follow();
  }

  function drawLines() {
    find("lines").replaceChildren(...call.lines.map((line) => {
      if (line.who === "state") return make("li", { class: "state" }, [meaning(line.text)]);
      const button = make("button", { type: "button", "data-at": line.at }, [
        make("span", { class: "time" }, [`${number(line.at)} ${t("seconds")}`]),
        make("span", { class: "who" }, [t(line.who)]),
        make("span", { class: "words", lang: "vi" }, words(line.text)),
        make("span", { class: "after" }, line.latency_ms === null ? [] : [t("after").replace("{s}", number(line.latency_ms / 1000, 2))]),
      ]);
      button.addEventListener("click", () => { go(line.at); play(); });
      return make("li", { class: line.who }, [button]);
    }));
  }

  function drawFacts() {
    const latencies = call.lines.map((line) => line.latency_ms).filter((value) => value !== null).sort((a, b) => a - b);
    const facts = [[t("outcome"), t(call.outcome)], [t("length"), `${number(call.seconds)} ${t("seconds")}`]];
    if (latencies.length) facts.push([t("median"), `${number(latencies[Math.floor(latencies.length / 2)] / 1000, 2)} ${t("seconds")}`]);
    find("facts").replaceChildren(...facts.map(([name, value]) => make("div", {}, [make("dt", {}, [name]), make("dd", {}, [value])])));
    find("note").textContent = [failed ? t("no_sound") : "", t(call.secrets)].filter(Boolean).join(" ");
  }

  function render() {
    document.documentElement.lang = language;
    find("title").textContent = document.title = call.title;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
    seek.setAttribute("aria-label", t("seek"));
    wave.setAttribute("aria-label", t("picture"));
    drawFacts();
    drawLines();
    drawWave();
    showPlaying();
  }

  const play = () => sound.play().catch(() => {});
  const toggle = () => (sound.paused ? play() : sound.pause());
  const showPlaying = () => { find("play").textContent = t(sound.paused ? "play" : "pause"); };

  function go(at) {
    sound.currentTime = Math.min(Math.max(at, 0), length);
    follow();
  }

  /* The line that is heard, or the last one before. */
  function lineAt(now) {
    const begun = spoken.filter((line) => line.at <= now + 0.05);
    return begun.findLast((line) => line.end > now) ?? begun.at(-1) ?? null;
  }

  function follow() {
    const now = sound.currentTime;
    seek.value = now;
    find("now").textContent = `${number(now)} / ${number(length)} ${t("seconds")}`;
    for (const { start, span, head } of rows) {
      const here = now >= start && now < start + span;
      const x = ((now - start) / span) * width;
      head.setAttribute("x1", here ? x : -9);
      head.setAttribute("x2", here ? x : -9);
    }
    const line = lineAt(now);
    const buttons = [...find("lines").querySelectorAll("button")];
    buttons.forEach((button, i) => (spoken[i] === line ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current")));
    if (line !== current && !sound.paused) buttons[spoken.indexOf(line)]?.scrollIntoView({ block: "nearest" });
    current = line;
  }

  const tick = () => { follow(); if (!sound.paused) requestAnimationFrame(tick); };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const on = event.target.tagName;
    const at = spoken.indexOf(current);
    const acts = {
      " ": on === "BUTTON" || on === "SELECT" ? null : toggle,
      ArrowLeft: on === "SELECT" ? null : () => go(sound.currentTime - BACK),
      ArrowRight: on === "SELECT" ? null : () => go(sound.currentTime + BACK),
      ArrowUp: on === "SELECT" ? null : () => go(spoken[Math.max(at - 1, 0)]?.at ?? 0),
      ArrowDown: on === "SELECT" ? null : () => go(spoken[Math.min(at + 1, spoken.length - 1)]?.at ?? 0),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
  find("play").addEventListener("click", toggle);
  seek.addEventListener("input", () => go(Number(seek.value)));
  sound.addEventListener("play", () => { showPlaying(); tick(); });
  sound.addEventListener("pause", showPlaying);
  sound.addEventListener("seeked", follow);
  sound.addEventListener("error", () => { failed = true; drawFacts(); });
  find("language").addEventListener("change", (event) => { language = event.target.value; render(); });
  matchMedia("(max-width: 40rem)").addEventListener("change", drawWave);

  seek.max = length;
  sound.src = call.sound;
  find("language").value = language;
  render();
})();
