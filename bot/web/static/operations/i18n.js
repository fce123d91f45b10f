/* Every word of the operator's page, in Vietnamese and English. */

const VI = {
  title: "Bảng điều hành tổng đài",
  language: "Ngôn ngữ",
  login: "Đăng nhập", name: "Tên", password: "Mật khẩu", logout: "Đăng xuất",
  login_wrong: "Tên và mật khẩu không khớp.",
  login_wait: "Đăng nhập sai quá nhiều lần. Thử lại sau {n} giây.",
  unreachable: "Chưa lấy được dữ liệu. Cổng hoặc kho tài khoản không trả lời.",
  role_viewer: "người xem", role_operator: "người vận hành",
  live: "Đang gọi", live_none: "Không có cuộc gọi nào.", live_count: "{n} cuộc gọi đang diễn ra",
  live_lost: "Mất kết nối với cổng; đang nối lại …",
  alarm_dialogue: "Bộ hội thoại không trả lời", alarm_store: "Không ghi được kho tài khoản",
  alarm_guessing: "Nhiều người đang dò mã số", alarm_full: "Hết đường dây", alarm_overloaded: "Máy quá tải",
  alarm_out_of_order: "Không nhận cuộc gọi", alarm_draining: "Đang dừng, không nhận cuộc gọi mới",
  began: "Bắt đầu", seconds: "Giây", stage: "Đã đến bước", expects: "Đang chờ", retries: "Hỏi lại", exchange: "Mã của tổng đài",
  expect_greeting: "lời chào", expect_menu: "chọn dịch vụ", expect_number: "mã số", expect_yesno: "đúng hay sai",
  expect_any: "lời nói", expect_password: "nghe mật khẩu", expect_goodbye: "kết thúc",
  answered: "Nhận máy", number_given: "Đã cho mã số", confirmed: "Đã xác nhận", matched: "Khớp tài khoản", heard: "Nghe xong mật khẩu",
  figures: "Số liệu", range: "Khoảng thời gian", range_1: "hôm nay", range_7: "7 ngày", range_30: "30 ngày", range_365: "365 ngày",
  calls: "Cuộc gọi", passwords: "Mật khẩu đã cấp", funnel: "Các bước", outcomes: "Kết quả", by: "Cho mã số bằng",
  by_voice: "giọng nói", by_keys: "bàn phím", by_both: "cả hai", voice: "giọng nói", keys: "bàn phím", both: "cả hai",
  retries_a_call: "Hỏi lại mỗi cuộc", latency: "Độ trễ câu trả lời", p50: "p50", p95: "p95",
  cost: "Một mật khẩu", cost_text: "{s} giây, {d} đồng", price: "Phí gọi tính theo {m} đồng một phút: {w}.", price_assumed: "giả định, giá của số thử nghiệm tháng 6/2023; đổi bằng VOICEBOT_DONG_A_MINUTE",
  cost_call: "Phí cuộc gọi", cost_dong: "{d} đồng",
  cost_hint: "Nhắn tin đến 8079: 1.000–1.500 đồng, mật khẩu gửi rõ chữ. Tính cả các cuộc không thành: {a} giây, {b} đồng.",
  series: "Theo thời gian", hours: "Theo giờ trong ngày", latencies: "Độ trễ p95 theo thời gian (giây)", as_table: "Xem dạng bảng", period: "Lúc", none_yet: "Chưa có cuộc gọi trong khoảng này.",
  find: "Tìm cuộc gọi", since: "Từ ngày", until: "Đến hết ngày", outcome: "Kết quả", any: "tất cả", phone: "Số điện thoại gọi đến", search: "Tìm",
  phone_hint: "Kho chỉ giữ mã băm của số; việc tìm theo số được ghi vào nhật ký.",
  more: "Xem thêm", found_none: "Không tìm thấy cuộc gọi nào.", found: "{n} cuộc gọi", export: "Xuất CSV", open: "Xem",
  unlock: "Mở khóa tài khoản", unlock_do: "Mở khóa", unlocked: "Đã xóa {n} lần thử sai.", unlock_phone: "Số điện thoại của tài khoản",
  call: "Cuộc gọi", back: "Quay lại", timeline: "Diễn biến", at: "Giây thứ", who: "Ai", text: "Lời", bot: "Tổng đài", caller: "Người gọi",
  decided: "Hiểu là", confidence: "độ tin cậy", after: "trả lời sau", secret: "Chữ số của người gọi không được lưu; mỗi chấm là một chữ số.",
  recording: "Ghi âm", play: "Nghe", pause: "Dừng", seek: "Vị trí, giây", waves: "Độ to của hai bên theo thời gian",
  recording_gone: "Cổng này không còn bản ghi âm của cuộc gọi.",
  region_bot: "tổng đài nói", region_caller: "người gọi nói", region_key: "bấm phím", region_wait: "chờ trả lời", region_blank: "đã xóa khỏi âm thanh",
  listen_hint: "Mã số và mật khẩu không có trong âm thanh. Việc nghe được ghi vào nhật ký. Sau khi bấm Nghe: bấm vào hình hoặc phím ← → để tới lui.",
  listen_no: "Chỉ người vận hành được nghe.",
  nothing_said: "(im lặng)", digits: "chữ số đã che",
  why_offered: "phím hoặc số đã mời", why_words: "bộ hội thoại hiểu lời nói", why_whole: "đủ chữ số", why_own_phone: "là số điện thoại của chính mình",
  why_too_few: "thiếu chữ số", why_too_many: "thừa chữ số", why_uncertain: "có một chữ số chưa chắc", why_silence: "không nghe gì", why_unintelligible: "không nhận ra lời nào",
  outcome_reset: "đã cấp mật khẩu", outcome_answered: "đã trả lời", outcome_refused: "không khớp", outcome_no_input: "im lặng", outcome_no_match: "không hiểu",
  outcome_hung_up: "người gọi gác máy", outcome_transferred: "chuyển người", outcome_error: "lỗi",
  s: "giây", sms: "tin nhắn 8079", share: "tỷ lệ",
};

const EN = {
  title: "Hotline operations",
  language: "Language",
  login: "Log in", name: "Name", password: "Password", logout: "Log out",
  login_wrong: "Name and password do not belong together.",
  login_wait: "Too many logins failed. Try again in {n} seconds.",
  unreachable: "No data could be had. The gateway or the account store does not answer.",
  role_viewer: "viewer", role_operator: "operator",
  live: "In progress", live_none: "No calls.", live_count: "{n} calls in progress",
  live_lost: "The connection to the gateway was lost; connecting again …",
  alarm_dialogue: "The dialogue does not answer", alarm_store: "The account store cannot be written",
  alarm_guessing: "Callers guess too much", alarm_full: "All lines are busy", alarm_overloaded: "The machine is overloaded",
  alarm_out_of_order: "No call is taken", alarm_draining: "About to stop, no call is taken",
  began: "Began", seconds: "Seconds", stage: "Reached", expects: "Waits for", retries: "Retries", exchange: "Exchange's name",
  expect_greeting: "greeting", expect_menu: "a choice", expect_number: "a number", expect_yesno: "yes or no",
  expect_any: "words", expect_password: "hearing the password", expect_goodbye: "the end",
  answered: "Answered", number_given: "Number given", confirmed: "Confirmed", matched: "Matched", heard: "Password heard",
  figures: "Figures", range: "Time", range_1: "today", range_7: "7 days", range_30: "30 days", range_365: "365 days",
  calls: "Calls", passwords: "Passwords", funnel: "Stages", outcomes: "Outcomes", by: "Number given by",
  by_voice: "voice", by_keys: "keys", by_both: "both", voice: "voice", keys: "keys", both: "both",
  retries_a_call: "Retries a call", latency: "Latency of answers", p50: "p50", p95: "p95",
  cost: "A password", cost_text: "{s} seconds, {d} đồng", price: "A call is reckoned at {m} đồng a minute: {w}.", price_assumed: "an assumption, the price of the pilot's number in June 2023; the setting is VOICEBOT_DONG_A_MINUTE",
  cost_call: "Cost of the call", cost_dong: "{d} đồng",
  cost_hint: "An SMS to 8079: 1,000–1,500 đồng, the password in clear text. Unsuccessful calls included: {a} seconds, {b} đồng.",
  series: "Over time", hours: "By hour of the day", latencies: "Latency p95 over time (seconds)", as_table: "As a table", period: "When", none_yet: "No calls in this time.",
  find: "Find calls", since: "From", until: "To the end of", outcome: "Outcome", any: "any", phone: "Calling number", search: "Find",
  phone_hint: "The store holds a keyed hash of numbers; a search for one is recorded.",
  more: "More", found_none: "No calls were found.", found: "Calls found: {n}", export: "Export CSV", open: "Look",
  unlock: "Unlock an account", unlock_do: "Unlock", unlocked: "{n} guesses forgiven.", unlock_phone: "Phone number of the account",
  call: "Call", back: "Back", timeline: "Timeline", at: "Second", who: "Who", text: "Words", bot: "Bot", caller: "Caller",
  decided: "Understood as", confidence: "confidence", after: "answered after", secret: "Callers' digits are not kept; each dot is one.",
  recording: "Recording", play: "Play", pause: "Pause", seek: "Position in seconds", waves: "How loud both sides were over time",
  recording_gone: "This gateway has no recording of the call any more.",
  region_bot: "hotline speaks", region_caller: "caller speaks", region_key: "keys", region_wait: "wait for the answer", region_blank: "removed from the sound",
  listen_hint: "Number and password are not in the sound. Listening is written into the audit trail. Once it plays: click the picture, or ← →, to move.",
  listen_no: "Only operators may listen.",
  nothing_said: "(silence)", digits: "digits, masked",
  why_offered: "a key or digit that was offered", why_words: "understood from the words", why_whole: "as many digits as a number has", why_own_phone: "the caller's own phone number",
  why_too_few: "digits are missing", why_too_many: "too many digits", why_uncertain: "one digit is uncertain", why_silence: "nothing was heard", why_unintelligible: "no words were recognised",
  outcome_reset: "new password", outcome_answered: "question answered", outcome_refused: "no match", outcome_no_input: "no input", outcome_no_match: "not understood",
  outcome_hung_up: "caller hung up", outcome_transferred: "handed to a person", outcome_error: "failure",
  s: "s", sms: "SMS to 8079", share: "share",
};

const TEXTS = { vi: VI, en: EN };

/** @typedef {(key: string, values?: Record<string, unknown>) => string} Text */
/** @param {"vi" | "en"} language @returns {Text} */
export const texts = (language) => (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), TEXTS[language][key] ?? key);

/** A number as the language writes it. */
export const number = (language, value, digits = 0) =>
  value === null || value === undefined ? "–"
    : value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** What a minute of a call costs, and where that figure comes from: settings of the action server. */
export const price = (t, n, found) =>
  t("price", { m: n(found.dong_a_minute), w: found.dong_a_minute_source || t("price_assumed") });
