// Reads pages of npm packages and prints each as a tree, one JSON object a line, with the
// selectors that other generators suggest for some of its elements.
// Usage: node pages.mjs TARGETS_PER_PAGE [NAME=FILE …], files relative to node_modules.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { finder } from "@medv/finder";

const require = createRequire(import.meta.url);
const { JSDOM } = require("jsdom");
const amplitude = require("@amplitude/element-selector");

const here = path.dirname(fileURLToPath(import.meta.url));
const TRACKED =
  'a, button, input, select, textarea, label, video, audio, [contenteditable="true" i],' +
  " [data-amp-default-track], .amp-default-track";
const SILENT = new Set(["script", "style", "template", "noscript"]);

function hash(text) {
  let value = 2166136261;
  for (const character of text) {
    value = Math.imul(value ^ character.codePointAt(0), 16777619) >>> 0;
  }
  return value;
}

// Three quarters of all class names become what bundlers make of them.
function hashed(name) {
  const value = hash(name);
  const code = (value * 7919).toString(36).slice(-6).padStart(6, "k");
  if (value % 4 === 0) return name;
  if (value % 4 === 1) return `css-${code}`;
  if (value % 4 === 2) return `sc-${code}`;
  const stem = name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next) => (next || "").toUpperCase());
  return `Page_${stem || "root"}__${code.slice(0, 5)}`;
}

function rename(document) {
  for (const element of document.querySelectorAll("[class]")) {
    element.setAttribute("class", [...element.classList].map(hashed).join(" "));
  }
}

function tree(element, numbers) {
  const attributes = {};
  for (const attribute of element.attributes) attributes[attribute.name] = attribute.value;
  const children = [];
  for (const child of element.childNodes) {
    if (child.nodeType === 1) children.push(tree(child, numbers));
    else if (child.nodeType === 3 && child.data.trim() && !SILENT.has(element.localName)) {
      children.push(child.data.slice(0, 300));
    }
  }
  return { n: numbers.get(element), t: element.localName, a: attributes, c: children };
}

function attempt(make) {
  try {
    return make();
  } catch (error) {
    if (process.env.DEBUG) console.error(error);
    return null;
  }
}

async function main() {
  const [most, ...pages] = process.argv.slice(2);
  for (const given of pages) {
    const [name, file] = given.split("=");
    const html = fs.readFileSync(path.join(here, "node_modules", file), "utf8");
    for (const variant of ["plain", "hashed"]) {
      const dom = new JSDOM(html);
      const { document } = dom.window;
      if (variant === "hashed") rename(document);
      for (const key of ["window", "document", "Node", "Element", "HTMLElement", "ShadowRoot", "CSS",
        "HTMLInputElement", "NodeList", "Document", "DocumentFragment", "XPathResult", "HTMLCollection"]) {
        globalThis[key] = key === "window" ? dom.window : dom.window[key];
      }
      globalThis.CSS ??= { escape: (text) => text.replace(/[^\w-]/g, (c) => `\\${c}`) };
      const { getCssSelector } = await import("css-selector-generator");
      const config = { ...amplitude.DEFAULT_RESOLVED_CONFIG, enabled: true };
      const engine = amplitude.createSelectorEngine(config);
      const numbers = new Map([...document.querySelectorAll("*")].map((one, at) => [one, at]));
      const tracked = [...document.body.querySelectorAll(TRACKED)].filter(
        (one) => !["hidden", "password"].includes(one.getAttribute("type")),
      );
      const step = Math.max(1, tracked.length / Number(most));
      const targets = [];
      for (let at = 0; at < tracked.length; at += step) {
        const element = tracked[Math.floor(at)];
        targets.push({
          n: numbers.get(element),
          "@medv/finder": attempt(() => finder(element, { root: document.body })),
          "css-selector-generator": attempt(() => getCssSelector(element, { root: document.body })),
          "SDK, legacy": attempt(() => amplitude.legacyCssPath(element)),
          "SDK, new engine": attempt(() =>
            amplitude.generateSelector(element, engine, config),
          ),
        });
      }
      const out = { name, variant, tree: tree(document.body, numbers), targets };
      process.stdout.write(`${JSON.stringify(out)}\n`);
      dom.window.close();
    }
  }
}

await main();
