// What an SDK would report of this page's elements (labeling §A2), and what the browser says of
// selectors on them. Written for the tests alone, from the description and not from the product.
(() => {
  const TRACKED =
    'a, button, input, select, textarea, label, video, audio, [contenteditable="true" i],' +
    " [data-amp-default-track], .amp-default-track, summary, div.plain, span.mut-span";
  const DROPPED = new Set(
    ("id class style value onclick onchange oninput onblur onsubmit onfocus onkeydown onkeyup" +
      " onkeypress data-reactid data-react-checksum data-reactroot data-amp-mask-attributes" +
      " data-amp-mask data-amp-internal-shadow").split(" "),
  );
  const isEditor = (element) => (element.getAttribute("contenteditable") || "").toLowerCase() === "true";
  const masked = (text) =>
    text
      .replace(/\b(?:\d[ -]*?){13,16}\b/, "*****")
      .replace(/(\d{3}-?\d{2}-?\d{4})/g, "*****")
      .replace(/[^\s@]+@[^\s@.]+\.[^\s@]+/g, "*****");

  function node(element) {
    const found = { tag: element.tagName.toLowerCase() };
    const siblings = [...element.parentElement.children];
    found.index = siblings.indexOf(element);
    found.indexOfType = siblings.filter((one) => one.tagName === element.tagName).indexOf(element);
    const before = element.previousElementSibling;
    if (before) found.prevSib = before.tagName.toLowerCase();
    if (element.id) found.id = element.id;
    if (element.classList.length) found.classes = [...new Set(element.classList)];
    const hidden = new Set();
    for (let at = element; at; at = at.parentElement) {
      const listed = at.getAttribute("data-amp-mask-attributes");
      if (listed) listed.split(",").forEach((name) => hidden.add(name.trim()));
    }
    const bare = ["input", "select", "textarea"].includes(found.tag) || isEditor(element);
    const attributes = {};
    if (!["svg", "path", "g"].includes(found.tag)) {
      for (const { name, value } of element.attributes) {
        if (DROPPED.has(name) || (bare && name !== "type")) continue;
        attributes[name] = hidden.has(name) ? "*****" : masked(value.substring(0, 128));
      }
    }
    if (Object.keys(attributes).length) found.attrs = attributes;
    return found;
  }

  const elements = () =>
    [...document.querySelectorAll(TRACKED)].filter(
      (one) => document.body.contains(one) && !["password", "hidden"].includes(one.type),
    );

  window.report = (most) => {
    const every = elements();
    const step = Math.max(1, every.length / most);
    const chosen = [];
    for (let at = 0; at < every.length; at += step) chosen.push(every[Math.floor(at)]);
    window.chosen = chosen;
    const odd = (one) =>
      one.hasAttribute("class") && one.getAttribute("class") !== [...new Set(one.classList)].join(" ");
    return JSON.stringify({
      quirks: document.compatMode !== "CSS1Compat",
      html: [...document.documentElement.attributes].map((one) => [one.name, one.value]),
      elements: chosen.map((one) => {
        const chain = [];
        for (let at = one; at !== document.documentElement; at = at.parentElement) chain.push(at);
        return {
          nodes: chain.map(node),
          odd: chain.some(odd),
          editor: chain.slice(1).some(isEditor),
        };
      }),
    });
  };

  window.answers = (selectors) =>
    JSON.stringify(
      selectors.map((selector) => {
        try {
          return window.chosen.map((one) => [one.matches(selector), one.closest(selector) !== null]);
        } catch {
          return null;
        }
      }),
    );
})();
