// Parts that are made as components are: one with an open shadow root, and an icon.

export const AMOUNT = "shop-amount";
const MOST = 9;
const NS = "http://www.w3.org/2000/svg";

const STYLE = `
:host { display: inline-flex; align-items: center; height: 44px; border: 1px solid var(--line);
  border-radius: 22px; background: var(--surface); font-variant-numeric: tabular-nums; }
button { width: 40px; height: 100%; padding: 0; border: 0; background: none; color: var(--accent);
  font: inherit; font-size: 20px; line-height: 1; cursor: pointer; border-radius: 22px; }
button:disabled { color: var(--line); cursor: default; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: -4px; }
output { min-width: 20px; text-align: center; }
`;

class Amount extends HTMLElement {
  #output = document.createElement("output");
  #less = this.#button("−", "One less", -1);
  #more = this.#button("+", "One more", 1);

  value = 1;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#less, this.#output, this.#more);
    this.#show();
  }

  #button(text, title, by) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", () => {
      this.value += by;
      this.#show();
    });
    return button;
  }

  #show() {
    this.#output.textContent = String(this.value);
    this.#less.disabled = this.value <= 1;
    this.#more.disabled = this.value >= MOST;
  }
}

customElements.define(AMOUNT, Amount);

export function heart() {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", "M12 20.5 4.4 13a4.9 4.9 0 0 1 7-6.9l.6.6.6-.6a4.9 4.9 0 0 1 7 6.9z");
  svg.append(path);
  return svg;
}
