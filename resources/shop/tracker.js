// Sends what happens on the page the way Amplitude's Browser SDK 2 does, to the page's own origin:
// sessions, page views, clicks with their place in the document, forms, and the shop's own events.

const API_KEY = "b7c41e0f93a84d26a5d1c0e87f6b2a39";
const LIBRARY = "eventscope-shop/1.0";
const ENDPOINT = "/2/httpapi";
const FLUSH_MS = 1000;
const LARGEST_BATCH = 30;
const MOST_RETRIES = 5;
const SESSION_MS = 30 * 60 * 1000;
const STATE = "shop.tracker";

const CLICKED = "a, button, input, select, textarea, label, [data-amp-default-track]";
const UNNAMED = new Set(["id", "class", "style", "value"]);
const SENSITIVE = "input, select, textarea, [contenteditable]";
const P = "[Amplitude] ";

export class Tracker {
  #state = load();
  #queue = [];
  #timer = 0;
  #retries = 0;
  #sending = false;
  #sentOnce = false;
  #started = new WeakSet();
  #page = { id: "", count: 0, location: "", previous: "" };
  #changed = () => {};

  get userId() {
    return this.#state.userId;
  }

  // `changed` hears of every event: when it is queued, and again when its fate is known.
  start(changed) {
    this.#changed = changed;
    this.#session();
    document.addEventListener("click", (event) => this.#click(event), true);
    document.addEventListener("change", (event) => this.#change(event), true);
    document.addEventListener("submit", (event) => this.#formSubmitted(event.target), true);
    addEventListener("pagehide", () => this.#leave());
  }

  track(type, properties = {}) {
    this.#add(type, { event_properties: { ...properties, ...this.#enrichment() } });
  }

  pageViewed() {
    const page = this.#page;
    page.previous = page.location;
    page.location = location.href;
    page.id = crypto.randomUUID();
    page.count += 1;
    this.track(`${P}Page Viewed`, {
      ...where(),
      [`${P}Page View ID`]: page.id,
      [`${P}Page Counter`]: page.count,
    });
  }

  signIn(userId, operations) {
    this.#state.userId = userId;
    this.identify(operations);
  }

  identify(operations) {
    this.#add("$identify", { user_properties: operations });
  }

  revenue({ sku, price, quantity }, currency) {
    this.#add("revenue_amount", {
      event_properties: {
        $productId: sku,
        $quantity: quantity,
        $price: price,
        $revenueType: "purchase",
        $currency: currency,
      },
    });
  }

  async flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#sending || !this.#queue.length) return;
    const batch = this.#queue.splice(0, LARGEST_BATCH);
    this.#sending = true;
    const code = await post(this.#body(batch));
    this.#sending = false;
    const fate = code >= 200 && code < 300 ? "sent" : code >= 400 && code < 429 ? "refused" : "again";
    if (fate === "again" && this.#retries < MOST_RETRIES) {
      this.#retries += 1;
      this.#queue.unshift(...batch);
      this.#changed(batch, "waiting");
      this.#later(FLUSH_MS * this.#retries);
      return;
    }
    this.#retries = 0;
    this.#changed(batch, fate === "sent" ? "sent" : "lost");
    if (this.#queue.length) this.#later(FLUSH_MS);
  }

  // A session begins when nothing happened for half an hour; the old one is ended first.
  #session() {
    const state = this.#state;
    const now = Date.now();
    if (state.sessionId && now - state.lastEventMs <= SESSION_MS) return;
    const ended = state.sessionId;
    const endedMs = state.lastEventMs + 1;
    state.sessionId = now;
    state.lastEventMs = now;
    const properties = () => ({ event_properties: this.#enrichment() });
    if (ended) this.#add("session_end", properties(), ended, endedMs);
    this.#add("session_start", properties(), now, now);
  }

  #add(type, rest, sessionId = 0, time = 0) {
    if (!sessionId) this.#session();
    const state = this.#state;
    const now = Date.now();
    const event = {
      ...(state.userId ? { user_id: state.userId } : {}),
      device_id: state.deviceId,
      session_id: sessionId || state.sessionId,
      time: time || now,
      platform: "Web",
      language: navigator.language,
      ip: "$remote",
      insert_id: crypto.randomUUID(),
      event_type: type,
      ...rest,
      event_id: state.lastEventId++,
      library: LIBRARY,
      user_agent: navigator.userAgent,
    };
    state.lastEventMs = now;
    save(state);
    this.#queue.push(event);
    this.#changed([event], "waiting");
    this.#later(FLUSH_MS);
  }

  #later(delay) {
    this.#timer ||= setTimeout(() => this.flush(), delay);
  }

  #body(events) {
    const body = {
      api_key: API_KEY,
      events,
      options: {},
      client_upload_time: new Date().toISOString(),
    };
    // The SDK adds this from its second upload on.
    if (this.#sentOnce) body.request_metadata = { sdk: { metrics: { histogram: {} } } };
    this.#sentOnce = true;
    return JSON.stringify(body);
  }

  // The page goes: what is still waiting leaves as a beacon, whose answer nobody reads.
  #leave() {
    if (!this.#queue.length) return;
    const batch = this.#queue.splice(0);
    const left = navigator.sendBeacon(ENDPOINT, this.#body(batch));
    this.#changed(batch, left ? "sent" : "lost");
  }

  #enrichment() {
    return {
      ...where(),
      [`${P}Previous Page Location`]: this.#page.previous,
      [`${P}Previous Page Type`]: this.#page.previous ? "internal" : "direct",
    };
  }

  #click(event) {
    const element = tracked(event);
    if (element) this.track(`${P}Element Clicked`, described(element, this.#page.id));
  }

  #change(event) {
    const element = tracked(event);
    if (element?.matches("input, select, textarea")) {
      this.track(`${P}Element Changed`, described(element, this.#page.id));
    }
    this.#formStarted(event.target.form);
  }

  #formStarted(form) {
    if (!form || this.#started.has(form)) return;
    this.#started.add(form);
    this.track(`${P}Form Started`, formFacts(form));
  }

  #formSubmitted(form) {
    this.#formStarted(form);
    this.track(`${P}Form Submitted`, formFacts(form));
  }
}

// What is reported of an event, through open shadow roots; not what belongs to this demonstration.
function tracked(event) {
  let element = null;
  for (let at = event.composedPath()[0]; at && !element; at = at.getRootNode().host) {
    element = at.closest?.(CLICKED);
  }
  if (!element || element.closest("#wire, #release")) return null;
  return element.matches("input[type=password], input[type=hidden]") ? null : element;
}

function where() {
  return {
    [`${P}Page Domain`]: location.hostname,
    [`${P}Page Location`]: location.href,
    [`${P}Page Path`]: location.pathname,
    [`${P}Page Title`]: document.title,
    [`${P}Page URL`]: location.origin + location.pathname,
  };
}

function formFacts(form) {
  return {
    ...(form.id ? { [`${P}Form ID`]: form.id } : {}),
    ...(form.getAttribute("name") ? { [`${P}Form Name`]: form.getAttribute("name") } : {}),
    [`${P}Form Destination`]: form.action,
  };
}

function described(element, viewId) {
  const box = element.getBoundingClientRect();
  const facts = {
    "Element Hierarchy": hierarchy(element),
    "Element Tag": element.tagName.toLowerCase(),
    "Element Text": shownText(element),
    "Element Position Left": Math.round(box.left),
    "Element Position Top": Math.round(box.top),
    "Element Attributes": marked(element),
    "Element Path": path(element),
    "Element Parent Label": label(element),
    "Page URL": location.origin + location.pathname,
    "Page Title": document.title,
    "Viewport Height": innerHeight,
    "Viewport Width": innerWidth,
    "Page View ID": viewId,
    "Element ID": element.id,
    "Element Class": element.getAttribute("class"),
    "Element Aria Label": element.getAttribute("aria-label"),
    "Element Href": element.matches("a") ? element.href.slice(0, 128) : "",
  };
  const kept = Object.entries(facts).filter(([, value]) => value !== "" && value != null);
  return Object.fromEntries(kept.map(([name, value]) => [P + name, value]));
}

// From the element up to and with the body.
function hierarchy(element) {
  const found = [];
  for (let at = element; at && at !== document.documentElement; at = above(at)) {
    found.push(node(at));
  }
  return found;
}

const above = (element) => element.parentElement ?? element.getRootNode().host;

function node(element) {
  const siblings = [...(element.parentNode?.children ?? [])];
  const alike = siblings.filter((other) => other.tagName === element.tagName);
  const before = element.previousElementSibling?.tagName.toLowerCase();
  const classes = [...element.classList];
  const attrs = attributes(element);
  return {
    tag: element.tagName.toLowerCase(),
    index: siblings.indexOf(element),
    indexOfType: alike.indexOf(element),
    ...(before ? { prevSib: before } : {}),
    ...(element.id ? { id: element.id } : {}),
    ...(classes.length ? { classes } : {}),
    ...(Object.keys(attrs).length ? { attrs } : {}),
    ...(element.shadowRoot ? { shadow: true } : {}),
  };
}

function attributes(element) {
  const type = element.getAttribute("type");
  if (type === "password" || type === "hidden" || element.namespaceURI.endsWith("/svg")) return {};
  const all = [...element.attributes].filter(
    ({ name }) => !UNNAMED.has(name) && !name.startsWith("on"),
  );
  const kept = element.matches(SENSITIVE) ? all.filter(({ name }) => name === "type") : all;
  const found = Object.fromEntries(kept.map(({ name, value }) => [name, value.slice(0, 128)]));
  if (element.shadowRoot) found["data-amp-internal-shadow"] = "true";
  return found;
}

// What a person typed is never text of the element.
function shownText(element) {
  if (element.matches(SENSITIVE)) return "";
  return element.textContent.replace(/\s+/g, " ").trim().slice(0, 255);
}

function marked(element) {
  const prefix = "data-amp-track-";
  const found = [...element.attributes]
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, value }) => [name.slice(prefix.length), value]);
  return found.length ? Object.fromEntries(found) : null;
}

// The text of the nearest ancestor's heading.
function label(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const heading = at.querySelector(":scope > span, h1, h2, h3, h4, h5, h6");
    if (heading) return shownText(heading);
  }
  return "";
}

// A CSS path that ends at the first id; classes where they tell siblings apart, else a position.
function path(element) {
  const steps = [];
  for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
    const tag = at.tagName.toLowerCase();
    if (at.id) {
      steps.unshift(`${tag}#${CSS.escape(at.id)}`);
      break;
    }
    steps.unshift(tag + apart(at));
  }
  return steps.join(" > ");
}

function apart(element) {
  const siblings = [...(element.parentElement?.children ?? [])];
  const alike = siblings.filter(
    (other) => other !== element && other.tagName === element.tagName,
  );
  if (!alike.length) return "";
  const own = [...element.classList];
  const isShared = alike.some((other) => own.every((name) => other.classList.contains(name)));
  if (own.length && !isShared) return own.map((name) => `.${CSS.escape(name)}`).join("");
  return `:nth-child(${siblings.indexOf(element) + 1})`;
}

// The status is the body's `code`, as the SDK reads it.
async function post(body) {
  try {
    const answer = await fetch(ENDPOINT, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "*/*" },
      body,
      keepalive: body.length <= 16384,
    });
    const told = await answer.json().catch(() => null);
    return Number.isInteger(told?.code) ? told.code : answer.status;
  } catch {
    return 0;
  }
}

function load() {
  const fresh = {
    deviceId: crypto.randomUUID(),
    userId: "",
    sessionId: 0,
    lastEventMs: 0,
    lastEventId: 0,
  };
  try {
    return { ...fresh, ...JSON.parse(localStorage.getItem(STATE) ?? "{}") };
  } catch {
    return fresh;
  }
}

function save(state) {
  try {
    localStorage.setItem(STATE, JSON.stringify(state));
  } catch {
    // Storage may be closed to us; the page works on.
  }
}
