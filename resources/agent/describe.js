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
  const SENSITIVE = new Set(["INPUT", "SELECT", "TEXTAREA"]);
  const BARE = new Set(["svg", "path", "g"]);
  const CARD = /\b(?:\d[ -]*?){13,16}\b/;
  const SSN = /(\d{3}-?\d{2}-?\d{4})/g;
  const EMAIL = /[^\s@]+@[^\s@.]+\.[^\s@]+/g;
  const LONGEST_VALUE = 128;
  const LONGEST_TEXT = 255;

  const masked = (text) =>
    text.replace(CARD, MASK).replace(SSN, MASK).replace(EMAIL, MASK);

  const isEditable = (element) =>
    (element.getAttribute("contenteditable") || "").toLowerCase() === "true";

  const isSensitive = (element) => SENSITIVE.has(element.tagName) || isEditable(element);

  const isSecret = (element) => {
    const type = (element.getAttribute("type") || "").toLowerCase();
    return type === "password" || type === "hidden";
  };

  // Attribute names that the page asks to have masked, on the element or anything around it.
  const maskedNames = (element) => {
    const names = new Set();
    for (let node = element; node; node = node.parentElement) {
      const listed = node.getAttribute("data-amp-mask-attributes");
      if (listed) listed.split(",").forEach((name) => names.add(name.trim()));
    }
    names.delete("id");
    names.delete("class");
    return names;
  };

  const attributes = (element) => {
    const found = {};
    if (isSecret(element) || BARE.has(element.tagName.toLowerCase())) return found;
    const hidden = maskedNames(element);
    const onlyType = isSensitive(element);
    for (const { name, value } of element.attributes) {
      if (DROPPED.has(name) || (onlyType && name !== "type")) continue;
      found[name] = hidden.has(name) ? MASK : masked(value.substring(0, LONGEST_VALUE));
    }
    return found;
  };

  const hostOf = (element) => {
    const root = element.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };

  const above = (element, pierces) =>
    element.parentElement || (pierces ? hostOf(element) : null);

  const node = (element, pierces) => {
    const found = { tag: element.tagName.toLowerCase() };
    const inShadow = pierces && element.parentNode instanceof ShadowRoot;
    const parent = element.parentElement || (inShadow ? element.parentNode : null);
    if (parent) {
      // Counted from here to the front: most elements have few siblings before them.
      let index = 0, indexOfType = 0;
      for (let one = element.previousElementSibling; one; one = one.previousElementSibling) {
        index += 1;
        if (one.tagName === element.tagName) indexOfType += 1;
      }
      found.index = index;
      found.indexOfType = indexOfType;
      const before = element.previousElementSibling;
      if (before) found.prevSib = before.tagName.toLowerCase();
    }
    const id = element.getAttribute("id");
    if (id) found.id = id;
    const classes = Array.from(element.classList);
    if (classes.length) found.classes = classes;
    const attrs = attributes(element);
    if (element.shadowRoot) attrs["data-amp-internal-shadow"] = "true";
    if (Object.keys(attrs).length) found.attrs = attrs;
    if (element.shadowRoot) found.shadow = true;
    return found;
  };

  const hierarchy = (element, pierces = false) => {
    const found = [];
    for (let one = element; one && one.tagName !== "HTML"; one = above(one, pierces)) {
      found.push(node(one, pierces));
    }
    return found;
  };

  // Rendered text, with what the page masks and what a person types left out.
  const rendered = (element) => {
    if (element.closest("[data-amp-mask]")) return MASK;
    const apart = '[data-amp-mask], [contenteditable="true" i]';
    if (!element.querySelector(apart)) return element.innerText || element.textContent || "";
    let text = "";
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.textContent;
      else if (child.nodeType === Node.ELEMENT_NODE) {
        text += child.matches(apart) ? MASK : rendered(child);
      }
    }
    return text;
  };

  const text = (element) => {
    if (SENSITIVE.has(element.tagName) && element.tagName !== "SELECT") return "";
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
      const found = one.closest(selector);
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
      hierarchy: hierarchy(element, pierces),
      tag: element.tagName.toLowerCase(),
      text: text(element),
      page_url: pageUrl(),
      page_title: masked(document.title),
      element_id: element.getAttribute("id") || "",
      element_class: element.getAttribute("class") || "",
      href: "",
      attributes: {},
    };
    found.aria_label = found.hierarchy[0]?.attrs?.["aria-label"] || "";
    if (element instanceof HTMLAnchorElement) {
      found.href = masked(element.href.substring(0, LONGEST_VALUE));
    }
    for (const { name, value } of element.attributes) {
      if (name.startsWith("data-amp-track-")) {
        found.attributes[name.slice("data-amp-track-".length)] = value;
      }
    }
    return found;
  };

  // Everything below a root that is always reported, in document order, open shadow roots
  // included. At most `most`.
  const tracked = (root, most, found = []) => {
    for (const one of root.querySelectorAll("*")) {
      if (found.length >= most) break;
      if (one.matches(ALLOWED) && !isSecret(one)) found.push(one);
      if (one.shadowRoot) tracked(one.shadowRoot, most, found);
    }
    return found;
  };

  // Many elements at once, sharing what they have in common: `nodes` as in a hierarchy, each with
  // the place of the one above it in `up`; `elements` with the place of their own node in `node`.
  const survey = (elements) => {
    const nodes = [], places = new Map();
    const place = (element) => {
      if (!element || element.tagName === "HTML") return -1;
      const known = places.get(element);
      if (known !== undefined) return known;
      const up = place(above(element, true));
      nodes.push({ ...node(element, true), up });
      places.set(element, nodes.length - 1);
      return nodes.length - 1;
    };
    return {
      page_url: pageUrl(),
      page_title: masked(document.title),
      nodes,
      elements: elements.map((one) => ({
        node: place(one),
        text: text(one),
        href: one instanceof HTMLAnchorElement ? masked(one.href.substring(0, LONGEST_VALUE)) : "",
        in_shadow: one.getRootNode() instanceof ShadowRoot,
      })),
    };
  };

  return { above, hierarchy, isSecret, pageUrl, properties, subject, survey, text, tracked };
})();
