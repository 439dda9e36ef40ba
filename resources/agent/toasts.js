// Events over the page, as they fire. `makeToasts(post)` begins it; nothing is drawn before the first.
//
//   {do: "toast", events: [{event, title, detail, tone}]}     {do: "untoast"}     {say: "event", event}
//
// It changes nothing in the page: what it draws is fixed, behind `body`, in a closed shadow root,
// and goes after a few seconds. What a mouse does on it stays with it, because its listeners were
// there first; nothing gets the focus. Scripts of the page cannot click it: that is no trusted event.
"use strict";

const makeToasts = (post) => {
  const MOST = 4;
  const STAY_MS = 6000;
  const AGAIN_MS = 1000;
  const MOUSE = [
    "pointerdown", "pointerup", "pointermove", "pointerover", "pointerenter", "mousedown",
    "mouseup", "mousemove", "mouseover", "mouseenter", "click", "auxclick", "dblclick",
    "contextmenu", "dragstart",
  ];
  const TONES = {
    good: "#4CC38A", bad: "#FF6369", warning: "#F1A10D", note: "#70B8FF", muted: "#98A1AE",
  };

  let ui = null;

  const makeUi = () => {
    const host = own.createElement(document, "eventscope-toasts");
    host.setAttribute("aria-hidden", "true");
    const root = own.attachShadow(host, { mode: "closed" });
    // As a sheet and not as an element: a page's policy may forbid inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":host { all: initial; position: fixed; right: 16px; bottom: 16px; width: 300px;" +
        " max-width: calc(100vw - 32px); pointer-events: none; z-index: 2147483647;" +
        " display: flex; flex-direction: column; gap: 8px; }" +
        " .toast { pointer-events: auto; cursor: pointer; background: #1C1F25; color: #E6E8EC;" +
        " border: 1px solid #2B2F37; border-radius: 8px; padding: 8px 12px 9px 30px;" +
        " position: relative; box-shadow: 0 4px 16px rgba(0, 0, 0, .28);" +
        " animation: in .16s ease-out; user-select: none; }" +
        " .toast:hover { border-color: #8B8BF5; }" +
        " .dot { position: absolute; left: 12px; top: 13px; width: 8px; height: 8px;" +
        " border-radius: 50%; background: var(--tone); }" +
        " .title, .detail { white-space: nowrap; overflow: hidden; text-overflow: ellipsis;" +
        " direction: ltr; unicode-bidi: plaintext; }" +
        " .title { font: 600 13px/18px system-ui, sans-serif; }" +
        " .detail { font: 11px/15px system-ui, sans-serif; color: #98A1AE; }" +
        " @keyframes in { from { opacity: 0; transform: translateY(6px); } }" +
        " @media (prefers-reduced-motion: reduce) { .toast { animation: none; } }",
    );
    root.adoptedStyleSheets = [sheet];
    return { host, root };
  };

  const add = (one) => {
    const toast = own.createElement(document, "div");
    const parts = ["dot", "title", "detail"].map((name) => {
      const part = own.createElement(document, "div");
      part.className = name;
      return part;
    });
    toast.className = "toast";
    toast.eventscopeEvent = one.event;
    parts[0].style.setProperty("--tone", TONES[one.tone] || TONES.muted);
    parts[1].textContent = one.title;
    parts[2].textContent = one.detail;
    toast.append(...parts);
    ui.root.append(toast);
    setTimeout(() => leave(toast), STAY_MS);
  };

  const leave = (toast) => {
    // Not from under the mouse.
    if (toast.isConnected && toast.matches(":hover")) setTimeout(() => leave(toast), AGAIN_MS);
    else remove(toast);
  };

  const remove = (toast) => {
    toast.remove();
    if (ui && !ui.root.childElementCount) clear();
  };

  const clear = () => {
    ui?.host.remove();
    ui = null;
  };

  const show = (events) => {
    ui ??= makeUi();
    // A page that replaces everything takes us with it.
    if (!ui.host.isConnected) own.appendChild(own.documentElement(document), ui.host);
    events.forEach(add);
    while (ui.root.childElementCount > MOST) ui.root.firstElementChild.remove();
  };

  const keep = (event) => {
    if (!ui || event.target !== ui.host) return;
    event.stopImmediatePropagation();
    // Of pointers nothing is prevented: the focus is decided by what comes after.
    if (event.cancelable && !event.type.startsWith("pointer")) event.preventDefault();
    if (!event.isTrusted || event.type !== "click") return;
    const toast = ui.root.elementFromPoint(event.clientX, event.clientY)?.closest(".toast");
    if (!toast) return;
    post({ say: "event", event: toast.eventscopeEvent });
    remove(toast);
  };

  const begin = () => {
    for (const name of MOUSE) window.addEventListener(name, keep, { capture: true });
  };
  begin();
  // A page that writes itself anew (`document.open`) takes all listeners away.
  new MutationObserver(begin).observe(document, { childList: true });

  return { show, clear };
};
