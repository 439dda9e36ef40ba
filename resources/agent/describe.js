// What the Amplitude SDK would report of an element: its hierarchy, text and the other element
// properties, cut and masked by the same rules (Browser SDK 2, autocapture 1.12 and newer).
// Reads the page and never changes it. Defines `describe` in the scope it is run in.
//
// With `pierces` it goes through open shadow roots, as SDKs do whose remote configuration switches
// that on; without, the walk ends at the shadow root, and such an element is not reported at all.
"use strict";

const describe = (() => {
  const ALLOWED =
    'a, button, input, select, textarea, label, video, audio, [contenteditable="true" i],' +
    " [data-amp-default-track], .amp-default-track";
  const ACTION = "div, span, h1, h2, h3, h4, h5, h6";
  const MASK = "*****";
  const DROPPED = new Set([
    "id", "class", "style", "value", "onclick", "onchange", "oninput", "onblur", "onsubmit",
    "onfocus", "onkeydown", "onkeyup", "onkeypress", "data-reactid", "data-react-checksum",
    "data-reactroot", "data-amp-mask-attributes", "data-amp-mask", "data-amp-internal-shadow",
  ]);
  const SENSITIVE = new Set(["input", "select", "textarea"]);
  const BARE = new Set(["svg", "path", "g"]);
  const CARD = /\b(?:\d[ -]*?){13,16}\b/;
  const SSN = /(\d{3}-?\d{2}-?\d{4})/g;
  const EMAIL = /[^\s@]+@[^\s@.]+\.[^\s@]+/g;
  const LONGEST_VALUE = 128;
  const LONGEST_TEXT = 255;
  // No page that people use has more; one that has is not to keep anybody waiting.
  const DEEPEST = 900;
  const MOST_NODES = 50000;
  const MOST_CHARACTERS = 4 << 20;

  const masked = (text) =>
    text.replace(CARD, MASK).replace(SSN, MASK).replace(EMAIL, MASK);

  const isEditable = (element) =>
    (own.getAttribute(element, "contenteditable") || "").toLowerCase() === "true";

  // In XHTML, tags are as they are written.
  const tagOf = (element) => own.tagName(element).toLowerCase();

  const isSensitive = (element) => SENSITIVE.has(tagOf(element)) || isEditable(element);

  const isSecret = (element) => {
    const type = (own.getAttribute(element, "type") || "").toLowerCase();
    return type === "password" || type === "hidden";
  };

  // Attribute names that the page asks to have masked, on the element or anything around it.
  const maskedNames = (element) => {
    const names = new Set();
    for (let node = element; node; node = own.parentElement(node)) {
      const listed = own.getAttribute(node, "data-amp-mask-attributes");
      if (listed) listed.split(",").forEach((name) => names.add(name.trim()));
    }
    names.delete("id");
    names.delete("class");
    return names;
  };

  const attributes = (element) => {
    // Whatever the page put into all objects is in none of ours.
    const found = { __proto__: null };
    if (isSecret(element) || BARE.has(tagOf(element))) return found;
    const hidden = maskedNames(element);
    const onlyType = isSensitive(element);
    for (const { name, value } of own.attributes(element)) {
      if (DROPPED.has(name) || (onlyType && name !== "type")) continue;
      found[name] = hidden.has(name) ? MASK : masked(value.substring(0, LONGEST_VALUE));
    }
    return found;
  };

  const hostOf = (element) => {
    const root = own.getRootNode(element);
    return root instanceof ShadowRoot ? root.host : null;
  };

  const above = (element, pierces) =>
    own.parentElement(element) || (pierces ? hostOf(element) : null);

  // Where an element stands among its neighbours, counted to the front.
  const position = (element) => {
    let index = 0, indexOfType = 0;
    const before = own.previousElementSibling(element), tag = own.tagName(element);
    for (let one = before; one; one = own.previousElementSibling(one)) {
      index += 1;
      if (own.tagName(one) === tag) indexOfType += 1;
    }
    return { index, indexOfType, before };
  };

  // The same for many elements of one page: all neighbours are counted at once.
  const positions = () => {
    const known = new Map();
    return (element) => {
      if (known.has(element)) return known.get(element);
      let before = null, index = 0;
      let one = element;
      for (let more = one; more; more = own.previousElementSibling(one)) one = more;
      const tags = new Map();
      for (; one; one = own.nextElementSibling(one)) {
        const tag = own.tagName(one), indexOfType = tags.get(tag) || 0;
        known.set(one, { index, indexOfType, before });
        tags.set(tag, indexOfType + 1);
        before = one;
        index += 1;
      }
      return known.get(element);
    };
  };

  const node = (element, pierces, positionOf = position) => {
    const found = { __proto__: null, tag: tagOf(element) };
    const inShadow = pierces && own.parentNode(element) instanceof ShadowRoot;
    if (inShadow || own.parentElement(element)) {
      const { index, indexOfType, before } = positionOf(element);
      found.index = index;
      found.indexOfType = indexOfType;
      if (before) found.prevSib = tagOf(before);
    }
    const id = own.getAttribute(element, "id");
    if (id) found.id = id;
    const classes = Array.from(own.classList(element));
    if (classes.length) found.classes = classes;
    const attrs = attributes(element);
    if (own.shadowRoot(element)) attrs["data-amp-internal-shadow"] = "true";
    if (Object.keys(attrs).length) found.attrs = attrs;
    if (own.shadowRoot(element)) found.shadow = true;
    return found;
  };

  const hierarchy = (element, pierces = false) => {
    const found = [];
    for (let one = element; one && own.tagName(one) !== "HTML"; one = above(one, pierces)) {
      found.push(node(one, pierces));
      // As an old SDK, which cuts: what is around this is not known.
      if (found.length === DEEPEST) break;
    }
    return found;
  };

  // Rendered text, with what the page masks and what a person types left out.
  const rendered = (element) => {
    if (own.closest(element, "[data-amp-mask]")) return MASK;
    const apart = '[data-amp-mask], [contenteditable="true" i]';
    if (!own.querySelector(element, apart)) {
      const seen = element instanceof HTMLElement ? own.innerText(element) : "";
      return seen || own.textContent(element) || "";
    }
    let text = "";
    for (const child of own.childNodes(element)) {
      if (own.nodeType(child) === Node.TEXT_NODE) text += own.textContent(child);
      else if (own.nodeType(child) === Node.ELEMENT_NODE) {
        text += own.matches(child, apart) ? MASK : rendered(child);
      }
    }
    return text;
  };

  const text = (element) => {
    if (SENSITIVE.has(tagOf(element)) && tagOf(element) !== "select") return "";
    const raw = rendered(element);
    if (raw === MASK) return MASK;
    return masked(raw.substring(0, LONGEST_TEXT)).replace(/\s+/g, " ").trim();
  };

  const pageUrl = () => {
    const plain = location.href.split("?")[0];
    try {
      return decodeURI(plain);
    } catch {
      return plain;
    }
  };

  const closest = (target, selector, pierces) => {
    for (let one = target; one; one = pierces ? hostOf(one) : null) {
      const found = own.closest(one, selector);
      if (found) return found;
    }
    return null;
  };

  // The element whose click would be reported: the closest one that is always reported, or one
  // that is when something happens. `isSure` tells which. Null when nothing is.
  const subject = (target, pierces = false) => {
    const sure = closest(target, ALLOWED, pierces);
    const found = sure || closest(target, ACTION, pierces);
    if (!found || isSecret(found)) return null;
    return { element: found, isSure: Boolean(sure) };
  };

  const properties = (element, pierces = false) => {
    const found = {
      __proto__: null,
      hierarchy: hierarchy(element, pierces),
      tag: tagOf(element),
      text: text(element),
      page_url: pageUrl(),
      page_title: masked(own.title(document)),
      element_id: own.getAttribute(element, "id") || "",
      element_class: own.getAttribute(element, "class") || "",
      href: "",
      attributes: { __proto__: null },
    };
    found.aria_label = found.hierarchy[0]?.attrs?.["aria-label"] || "";
    if (element instanceof HTMLAnchorElement) {
      found.href = masked(element.href.substring(0, LONGEST_VALUE));
    }
    for (const { name, value } of own.attributes(element)) {
      if (name.startsWith("data-amp-track-")) {
        found.attributes[name.slice("data-amp-track-".length)] = value;
      }
    }
    return found;
  };

  // Everything in the document that is always reported, in document order, open shadow roots
  // included. At most `most`.
  const tracked = (root, most) => {
    const found = [];
    // Each with the place that was reached in it: roots may lie in each other, deeper than any call.
    const open = [{ all: own.all(root, "*"), at: 0 }];
    while (open.length && found.length < most) {
      const level = open[open.length - 1];
      const one = level.all[level.at];
      level.at += 1;
      if (!one) {
        open.pop();
        continue;
      }
      if (own.matches(one, ALLOWED) && !isSecret(one)) found.push(one);
      const inner = own.shadowRoot(one);
      if (inner) open.push({ all: own.all(inner, "*"), at: 0 });
    }
    return found;
  };

  // Many elements at once, sharing what they have in common: `nodes` as in a hierarchy, each with
  // the place of the one above it in `up`; `elements` with the place of their own node in `node`.
  // `isCut`: there were more than can be told, which are those that were `kept`.
  const survey = (elements) => {
    const nodes = [], depths = [], places = new Map(), told = [];
    const positionOf = positions();
    let size = 0;
    const add = (element, up) => {
      const made = node(element, true, positionOf);
      made.up = up;
      size += (made.id || "").length;
      for (const name of made.classes || []) size += name.length;
      for (const name in made.attrs) size += name.length + made.attrs[name].length;
      places.set(element, nodes.length);
      depths.push(up < 0 ? 1 : depths[up] + 1);
      nodes.push(made);
    };
    // Those around it first, down to itself; -1 when it is deeper than can be told.
    const place = (element) => {
      const chain = [];
      let around = element;
      while (around && own.tagName(around) !== "HTML" && !places.has(around)) {
        chain.push(around);
        around = above(around, true);
      }
      let up = around && places.has(around) ? places.get(around) : -1;
      if (chain.length + (up < 0 ? 0 : depths[up]) > DEEPEST) return -1;
      while (chain.length) {
        const one = chain.pop();
        add(one, up);
        up = places.get(one);
      }
      return up;
    };
    const kept = [];
    let isCut = false;
    for (const one of elements) {
      const at = nodes.length > MOST_NODES || size > MOST_CHARACTERS ? -1 : place(one);
      if (at < 0) {
        isCut = true;
        continue;
      }
      kept.push(one);
      told.push({
        __proto__: null,
        node: at,
        text: text(one),
        href: one instanceof HTMLAnchorElement ? masked(one.href.substring(0, LONGEST_VALUE)) : "",
        in_shadow: own.getRootNode(one) instanceof ShadowRoot,
      });
    }
    const url = pageUrl(), title = masked(own.title(document));
    return { page_url: url, page_title: title, nodes, elements: told, kept, isCut };
  };

  return { above, hierarchy, isSecret, pageUrl, properties, subject, survey, text, tracked };
})();
