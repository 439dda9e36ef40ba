// The page agent: shows what would be reported, lets a person pick it, and keeps the click from
// the page. `makeAgent(post)` begins it; `post` takes messages for Eventscope, `receive` those
// that come from there. With `covers` it lays something over frames that no agent can be in.
//
//   {do: "mode", mode: "label" | "navigate"}     {do: "survey", most}
//   {do: "highlight", marks: [{element, tone, name}]}    {do: "pick", element}   {do: "up" | "down"}
//   {do: "forget"}    {do: "watch"}
//
//   {say: "ready" | "page", page_url, page_title, from_worker}     {say: "leave"}
//   {say: "survey", page_url, nodes, elements, more, closed}  (see `describe.survey`)
//   {say: "picked", subject, trail, place, element, is_sure, in_shadow}     {say: "opened", name}
//   {say: "clicked", subject, at}
//
// It changes nothing in the page: its own elements lie behind `body` in a closed shadow root, and
// while it labels, window listeners that were there first keep clicks from everybody else.
"use strict";

const makeAgent = (post, { covers = false } = {}) => {
  const KEPT_FROM_THE_PAGE = [
    "pointerdown", "pointerup", "mousedown", "mouseup", "click", "auxclick", "dblclick",
    "contextmenu", "submit", "change", "input", "beforeinput", "keydown", "keyup", "keypress",
    "dragstart",
  ];
  // Only while labeling: a listener that may prevent a touch makes scrolling wait for it, and one
  // that hears of each move costs a little each time.
  const TOUCHES = ["touchstart", "touchend"];
  const MOVES = ["scroll", "resize"];
  // Before any script of the page, which may put something else in their place.
  const attach = window.addEventListener.bind(window);
  const detach = window.removeEventListener.bind(window);
  const MOST = 5000;
  const LOOK_MS = 400;
  const WIDEST_TAG = 336;
  const TONES = { match: "#1A7F4B", other: "#2A6FDB", similar: "#B25E02" };

  const KINDS = {
    a: "link", input: "field", textarea: "text field", select: "list of choices", li: "list item",
    ul: "list", ol: "list", div: "area", span: "text", p: "paragraph", nav: "navigation",
    header: "head", footer: "foot", main: "main part", body: "page", tr: "row", td: "cell",
    img: "picture", svg: "picture",
  };

  let mode = "navigate";
  let surveyed = [];
  let marks = [];
  let bars = [];
  let hovered = null;
  let picked = null;
  let path = [];
  let shown = "";
  let timer = 0;
  let frame = 0;
  let isMoved = true;
  let isWatching = false;
  let ui = null;

  // What is drawn

  const makeUi = () => {
    const host = own.createElement(document, "eventscope-agent");
    const root = own.attachShadow(host, { mode: "closed" });
    // As a sheet and not as an element: a page's policy may forbid inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":host { all: initial; position: fixed; inset: 0; pointer-events: none;" +
        " z-index: 2147483647; }" +
        " .box { position: fixed; box-sizing: border-box; border-radius: 3px;" +
        " pointer-events: none; }" +
        " .hover { border: 2px solid #5B5BD6; background: rgba(91, 91, 214, .12); }" +
        " .maybe { border-style: dashed; }" +
        " .picked { border: 2px solid #5B5BD6; box-shadow: 0 0 0 3px rgba(91, 91, 214, .3); }" +
        " .mark { border: 1.5px solid var(--tone); background:" +
        " color-mix(in srgb, var(--tone) 10%, transparent); }" +
        " .tag { position: fixed; font: 600 11px/16px system-ui, sans-serif; color: #fff;" +
        " background: #5B5BD6; padding: 1px 6px; border-radius: 3px; white-space: nowrap;" +
        " max-width: 320px; overflow: hidden; text-overflow: ellipsis; }" +
        " .cover { position: fixed; pointer-events: auto; cursor: not-allowed; font: 12px/18px" +
        " system-ui, sans-serif; color: #fff; background: rgba(20, 22, 26, .55); display: flex;" +
        " align-items: center; justify-content: center; text-align: center; overflow: hidden; }" +
        " .cover[hidden] { display: none; }" +
        " .name { background: var(--tone); cursor: pointer; pointer-events: auto; }",
    );
    root.adoptedStyleSheets = [sheet];
    const add = (className) => {
      const made = own.createElement(document, "div");
      made.className = className;
      made.hidden = true;
      root.append(made);
      return made;
    };
    const made = {
      host, root, hover: add("box hover"), picked: add("box picked"), tag: add("tag"), marks: [],
      covers: [],
    };
    own.appendChild(own.documentElement(document), host);
    return made;
  };

  const put = (box, rect) => {
    box.hidden = !rect || (!rect.width && !rect.height);
    if (box.hidden) return;
    box.style.left = `${rect.left}px`;
    box.style.top = `${rect.top}px`;
    box.style.width = `${rect.width}px`;
    box.style.height = `${rect.height}px`;
  };

  // Where it is, or nothing when it cannot be seen: an entry of a menu that is closed, say.
  const rectOf = (element) =>
    element && own.isConnected(element) && own.checkVisibility(element, { visibilityProperty: true })
      ? own.getBoundingClientRect(element) : null;

  // What can be seen of it: outlines lie above everything, and would cross the head of a page.
  const seenRect = (element) => {
    const rect = rectOf(element);
    return rect && isInWindow(rect) ? uncovered(element, rect, bars) : rect;
  };

  const isInWindow = (rect) =>
    rect.bottom > 0 && rect.right > 0 && rect.top < innerHeight && rect.left < innerWidth;

  const draw = () => {
    frame = 0;
    if (mode !== "label") return;
    ui ??= makeUi();
    // A page that replaces everything takes us with it.
    if (!ui.host.isConnected) own.appendChild(own.documentElement(document), ui.host);
    // All places are read before anything is moved: otherwise each would be laid out anew.
    const rect = rectOf(hovered?.element);
    if (isMoved) bars = marks.length || picked ? findBars() : [];
    const places = isMoved ? marks.map((mark) => seenRect(mark.element)) : null;
    const pickedRect = seenRect(picked);
    const closed = isMoved && covers ? closedFrames() : null;
    const closedRects = closed?.map(rectOf);
    ui.hover.classList.toggle("maybe", Boolean(hovered && !hovered.isSure));
    put(ui.hover, rect);
    put(ui.picked, pickedRect);
    ui.tag.hidden = ui.hover.hidden;
    if (!ui.tag.hidden) {
      ui.tag.textContent = named(hovered.element);
      // Near the right edge it reaches to the left, so that all of it can be read.
      const isLeft = rect.left + WIDEST_TAG < innerWidth || rect.right < innerWidth / 2;
      ui.tag.style.left = isLeft ? `${Math.max(0, rect.left)}px` : "auto";
      ui.tag.style.right = isLeft ? "auto" : `${Math.max(0, innerWidth - rect.right)}px`;
      ui.tag.style.top = `${rect.top > 20 ? rect.top - 20 : rect.bottom + 2}px`;
    }
    if (places) drawMarks(places);
    if (closedRects) drawCovers(closedRects);
    isMoved = false;
  };

  const drawMarks = (places) => {
    while (ui.marks.length > marks.length) ui.marks.pop().forEach((one) => one.remove());
    marks.forEach((mark, at) => {
      if (!ui.marks[at]) {
        const box = own.createElement(document, "div");
        const name = own.createElement(document, "div");
        box.className = "box mark";
        name.className = "tag name";
        name.addEventListener("click", () => post({ say: "opened", name: marks[at]?.name }));
        ui.root.append(box, name);
        ui.marks[at] = [box, name];
      }
      const [box, name] = ui.marks[at];
      // Around the mark of what it is much the same as, so that both are seen.
      const rect = mark.tone === "similar" ? wider(places[at]) : places[at];
      for (const one of [box, name]) one.style.setProperty("--tone", TONES[mark.tone] || TONES.match);
      put(box, rect);
      name.hidden = box.hidden || !mark.name;
      if (!name.hidden) {
        name.textContent = mark.name;
        name.style.left = `${rect.left}px`;
        name.style.top = `${rect.bottom - 2}px`;
      }
    });
  };

  const wider = (rect) => rect && {
    left: rect.left - 4, top: rect.top - 4, bottom: rect.bottom + 4,
    width: rect.width + 8, height: rect.height + 8,
  };

  const closedFrames = () =>
    Array.from(own.all(document, "iframe, frame")).filter(isClosed);

  const drawCovers = (places) => {
    while (ui.covers.length > places.length) ui.covers.pop().remove();
    places.forEach((rect, at) => {
      if (!ui.covers[at]) {
        ui.covers[at] = own.createElement(document, "div");
        ui.covers[at].className = "cover";
        ui.covers[at].textContent =
          "A frame of another site. Open it by its own address to label it.";
        ui.root.append(ui.covers[at]);
      }
      put(ui.covers[at], rect);
    });
  };

  const isClosed = (frame) => {
    try {
      return frame.contentDocument === null;
    } catch {
      return true;
    }
  };

  const named = (element) => {
    const read = describe.text(element);
    // A sign such as “+” says less than what is read aloud for it.
    const text = /\p{L}/u.test(read) ? read : own.getAttribute(element, "aria-label") || read;
    const tag = own.tagName(element).toLowerCase();
    const kind = KINDS[tag] || (/^h[1-6]$/.test(tag) ? "heading" : tag);
    return text ? `${kind}  “${text.slice(0, 40)}”` : kind;
  };

  const redraw = () => {
    isMoved = true;
    drawSoon();
  };

  const drawSoon = () => {
    if (!frame && mode === "label") frame = requestAnimationFrame(draw);
  };

  // What a person does

  const isOurs = (event) => {
    const path = ui ? own.composedPath(event) : [];
    for (let at = 0; at < path.length; at += 1) if (path[at] === ui.host) return true;
    return false;
  };

  const targetOf = (event) => {
    const found = own.composedPath(event)[0];
    return found instanceof Element ? found : found?.parentElement;
  };

  const hover = (event) => {
    if (mode !== "label" || isOurs(event)) return;
    const target = targetOf(event);
    const found = target ? describe.subject(target, true) : null;
    if (found?.element === hovered?.element) return;
    hovered = found;
    drawSoon();
  };

  // While watching, real clicks are told, to be compared with what the SDK sends for them.
  const witness = (event) => {
    const target = targetOf(event);
    if (!target || own.getRootNode(target) !== document) return;
    const found = describe.subject(target, true);
    if (!found?.isSure) return;
    post({ say: "clicked", subject: describe.properties(found.element, true), at: Date.now() });
  };

  const keep = (event) => {
    if (isWatching && mode === "navigate" && event.isTrusted && own.type(event) === "click") {
      witness(event);
      return;
    }
    if (mode !== "label" || !event.isTrusted || isOurs(event)) return;
    own.stopImmediatePropagation(event);
    if (event.cancelable) own.preventDefault(event);
    if (own.type(event) === "keydown") key(event);
    else if (own.type(event) === "click") {
      const target = targetOf(event);
      const found = target ? describe.subject(target, true) : null;
      if (found) pick(found.element, found.isSure);
    }
  };

  const key = (event) => {
    if (event.key === "Escape") post({ say: "leave" });
    else if (event.key === "ArrowUp") move(1);
    else if (event.key === "ArrowDown") move(-1);
    else if (event.key === "Enter" && hovered) pick(hovered.element, hovered.isSure);
  };

  // To what is around the picked element, and back to where one came from.
  const move = (by) => {
    const from = picked || hovered?.element;
    if (!from) return;
    if (by < 0) {
      if (path.length) choose(path.pop());
      return;
    }
    const around = describe.above(from, true);
    if (!around || ["HTML", "BODY"].includes(own.tagName(around))) return;
    path.push(from);
    choose(around);
  };

  const pick = (element, isSure) => {
    path = [];
    choose(element, isSure);
  };

  const choose = (element, isSure) => {
    picked = element;
    const sure = isSure ?? describe.subject(element, true)?.element === element;
    const trail = [];
    for (let one = element; one && trail.length < 12; one = describe.above(one, true)) {
      if (own.tagName(one) !== "HTML") trail.push(named(one));
    }
    const rect = own.getBoundingClientRect(element);
    post({
      say: "picked",
      subject: describe.properties(element, true),
      trail,
      place: [rect.left, rect.top, rect.width, rect.height].map(Math.round),
      element: surveyed.indexOf(element),
      is_sure: Boolean(sure),
      in_shadow: own.getRootNode(element) instanceof ShadowRoot,
    });
    redraw();
  };

  // What Eventscope asks

  const survey = (most) => {
    surveyed = describe.tracked(document, Math.min(most || MOST, MOST) + 1);
    const isMore = surveyed.length > MOST;
    surveyed.length = Math.min(surveyed.length, MOST);
    if (picked && own.isConnected(picked) && !surveyed.includes(picked)) surveyed.push(picked);
    const { isCut, kept, ...found } = describe.survey(surveyed);
    surveyed = kept;
    const closed = closedFrames().length;
    const at = surveyed.indexOf(picked);
    post({ say: "survey", more: isMore || isCut, closed, picked: at, ...found });
  };

  const setMode = (wanted) => {
    mode = wanted === "label" ? "label" : "navigate";
    listen(mode === "label" ? attach : detach);
    if (mode === "label") {
      timer ||= setInterval(look, LOOK_MS);
      redraw();
      return;
    }
    clearInterval(timer);
    timer = 0;
    hovered = picked = null;
    path = [];
    marks = [];
    ui?.host.remove();
    ui = null;
  };

  const listen = (how) => {
    for (const name of TOUCHES) how(name, keep, { capture: true, passive: false });
    for (const name of MOVES) how(name, redraw, { capture: true, passive: true });
    how("pointermove", hover, { capture: true, passive: true });
  };

  // Single pages change their address without loading, and their layout without saying so.
  const look = () => {
    tell("page");
    redraw();
  };

  const tell = (say) => {
    const now = describe.pageUrl();
    if (say === "page" && now === shown) return;
    shown = now;
    post({ say, page_url: now, page_title: own.title(document), from_worker: isFromWorker() });
  };

  // Whether the site's service worker gave this document, which may be one that it kept.
  const isFromWorker = () => {
    const [entry] = performance.getEntriesByType("navigation");
    return Boolean(entry && entry.workerStart > 0);
  };

  const receive = (message) => {
    if (message.do === "mode") setMode(message.mode);
    else if (message.do === "watch") isWatching = true;
    else if (message.do === "forget") {
      picked = null;
      path = [];
      redraw();
    }
    else if (message.do === "survey") survey(message.most);
    else if (message.do === "up") move(1);
    else if (message.do === "down") move(-1);
    else if (message.do === "pick" && surveyed[message.element]) pick(surveyed[message.element]);
    else if (message.do === "highlight") {
      marks = message.marks.map((one) => ({ ...one, element: surveyed[one.element] }));
      redraw();
    }
  };

  const begin = () => {
    for (const name of KEPT_FROM_THE_PAGE) attach(name, keep, { capture: true });
    if (mode === "label") listen(attach);
  };
  begin();
  // A page that writes itself anew (`document.open`) takes all listeners away.
  new MutationObserver(begin).observe(document, { childList: true });
  if (own.readyState(document) === "loading") {
    attach("DOMContentLoaded", () => tell("ready"), { once: true });
  } else tell("ready");

  return { receive };
};
