// The shop: pages by address, a cart that is kept in the browser, and the panel of what was sent.

import { drawing } from "/art.js";
import { AMOUNT, heart } from "/parts.js";
import { CLASSES, IDS, RELEASE, WORDS } from "/release.js";
import { Tracker } from "/tracker.js";

const view = document.getElementById("view");
const departmentLinks = document.querySelector("header nav");
const tracker = new Tracker();
const catalog = await fetch("/products.json").then((answer) => answer.json());
const bySlug = new Map(catalog.products.map((product) => [product.slug, product]));
const departments = new Map(catalog.departments.map((entry) => [entry.slug, entry]));

// --- small helpers ---------------------------------------------------------------------------

// el("a.button#go", {href: "/"}, "Go"): everything is set as text or attribute, never as HTML.
// Names and words are those of this release.
function el(what, attributes = {}, ...children) {
  const [, tag, rest] = what.match(/^([a-z0-9-]+)(.*)$/);
  const element = document.createElement(tag);
  for (const [, mark, name] of rest.matchAll(/([.#])([\w-]+)/g)) {
    if (mark === "#") element.id = IDS[name] ?? name;
    else element.classList.add(style(name));
  }
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, said(value));
  element.append(...children.map(said));
  return element;
}

const style = (name) => CLASSES[name] ?? name;
const said = (value) => (typeof value === "string" ? (WORDS[value] ?? value) : value);

const money = (amount) => `€${amount}`;

function facts(product) {
  return {
    product_id: product.sku,
    product_name: product.name,
    department: departments.get(product.department).name,
    price: product.price,
    currency: catalog.currency,
  };
}

// --- the cart --------------------------------------------------------------------------------

let cart = kept();

function kept() {
  try {
    const slugs = JSON.parse(localStorage.getItem("shop.cart") ?? "[]");
    return slugs.filter((slug) => bySlug.has(slug));
  } catch {
    return [];
  }
}

function setCart(slugs) {
  cart = slugs;
  try {
    localStorage.setItem("shop.cart", JSON.stringify(cart));
  } catch {
    // Then the cart lasts as long as the page.
  }
  showCount();
}

function showCount() {
  const link = document.getElementById("cart-link");
  link.replaceChildren("Cart");
  if (cart.length) link.append(" ", el("b.count", {}, String(cart.length)));
}

const inCart = () => cart.map((slug) => bySlug.get(slug));
const total = () => inCart().reduce((sum, product) => sum + product.price, 0);
const sums = () => ({ items: cart.length, total: total() });

// --- parts of pages --------------------------------------------------------------------------

const art = (product, kind = "") => el(`div.art${kind}`, {}, drawing(product));

function card(product) {
  return el(
    "li.card",
    { "data-sku": product.sku },
    el(
      "a.card-link",
      { href: `/p/${product.slug}` },
      art(product),
      el("h3", {}, product.name),
      " ",
      el("p.price", {}, money(product.price)),
    ),
  );
}

function shelf(id, label, products, head = true) {
  return el(
    `section.shelf#${id}`,
    { "aria-label": label },
    ...(head ? [el("div.shelf-head", {}, el("h2", {}, label))] : []),
    el("ul.grid", {}, ...products.map(card)),
  );
}

function pageHead(title, line) {
  return el("div.page-head", {}, el("h1", {}, title), ...(line ? [el("p", {}, line)] : []));
}

function field(label, name, type, auto = "off") {
  const input = el("input", { name, type, required: "", autocomplete: auto });
  return el("label.field", {}, el("span", {}, label), input);
}

function summary(...more) {
  return el(
    "aside.summary",
    {},
    el("h2", {}, "Summary"),
    el("p.sum", {}, el("span", {}, `${cart.length} ${cart.length === 1 ? "thing" : "things"}`), el("b", {}, money(total()))),
    ...more,
  );
}

// --- pages -----------------------------------------------------------------------------------

function home() {
  const hero = bySlug.get("ridge-two");
  const popular = catalog.popular.map((slug) => bySlug.get(slug));
  return {
    kind: "home",
    title: "Made for weather",
    content: [
      el(
        "section.hero",
        {},
        el(
          "div.hero-text",
          {},
          el("p.eyebrow", {}, "New this season"),
          el("h1", {}, "Made for weather, kept for years"),
          el("p.lede", {}, "Shelter, sleep and small flames for people who would rather be outside."),
          el("a.button.primary#hero-cta", { href: "/c/shelter" }, "Shop shelter"),
        ),
        art(hero, ".hero-art"),
      ),
      shelf("popular", "Popular this week", popular),
    ],
  };
}

function category(slug) {
  const department = departments.get(slug);
  if (!department) return missing();
  const products = catalog.products.filter((product) => product.department === slug);
  const head = pageHead(department.name, department.line);
  head.append(sorting(products));
  return {
    kind: "category",
    title: department.name,
    content: [head, shelf("list", "Products", products, false)],
  };
}

const ORDERS = {
  "As we like them": () => 0,
  "Lowest price first": (one, other) => one.price - other.price,
  "By name": (one, other) => one.name.localeCompare(other.name),
};

function sorting(products) {
  const options = Object.keys(ORDERS).map((order) => el("option", { value: order }, order));
  const choice = el("select#order", { name: "order" }, ...options);
  choice.addEventListener("change", () => {
    const sorted = [...products].sort(ORDERS[choice.value]);
    view.querySelector("section ul").replaceChildren(...sorted.map(card));
  });
  return el("label.order", {}, el("span", {}, "Show"), choice);
}

const HELP = {
  sizes: ["Sizes and fit", "Everything is made to be worn over a jumper. In between? Take the larger."],
  repairs: ["Repairs", "We mend what we made, for as long as there is something left to mend."],
  returns: ["Sending it back", "A hundred days, mud included. Keep the box if you can."],
};

function help(slug) {
  const [title, line] = HELP[slug] ?? [];
  if (!title) return missing();
  return { kind: "help", title, content: [pageHead(title, line), el("a.button", { href: "/" }, "Look around")] };
}

function results(query) {
  const wanted = query.trim().toLowerCase();
  const products = catalog.products.filter((product) =>
    `${product.name} ${departments.get(product.department).name}`.toLowerCase().includes(wanted),
  );
  const count = products.length === 1 ? "1 thing" : `${products.length} things`;
  return {
    kind: "search",
    title: "Search",
    content: [
      pageHead(`Results for “${query}”`, products.length ? `${count} found` : "Nothing found. Try “tent”, “lamp” or “wear”."),
      shelf("list", "Products", products, false),
    ],
    then: () => tracker.track("Products Searched", { query, results: products.length }),
  };
}

function productPage(slug, from) {
  const product = bySlug.get(slug);
  if (!product) return missing();
  const department = departments.get(product.department);
  const beside = catalog.popular.filter((other) => other !== slug).slice(0, 3);
  const add = el(
    "button.button.primary#add-to-cart",
    { type: "button", "data-amp-track-sku": product.sku },
    "Add to cart",
  );
  const amount = el(AMOUNT, { "aria-label": "How many" });
  add.addEventListener("click", () => {
    setCart([...cart, ...Array(amount.value).fill(slug)]);
    tracker.track("Add to Cart", { ...facts(product), quantity: amount.value, cart_total: total() });
    say(`${product.name} is in your cart.`);
  });
  return {
    kind: "product",
    title: product.name,
    content: [
      el("nav.crumbs", { "aria-label": "You are here" }, el("a", { href: `/c/${department.slug}` }, department.name)),
      el(
        "article.product",
        { "data-sku": product.sku },
        art(product, ".large"),
        el(
          "div.buy",
          {},
          el("h1", {}, product.name),
          el("p.price", {}, money(product.price)),
          el("p.blurb", {}, product.blurb),
          colours(product),
          el("div.actions", {}, add, amount, keepButton(product)),
        ),
      ),
      shelf("also", "Goes well with", beside.map((other) => bySlug.get(other))),
    ],
    then: () => tracker.track("Product Viewed", { ...facts(product), ...from }),
  };
}

function keepButton(product) {
  const keep = el(
    "button.keep",
    { type: "button", "aria-label": "Keep for later", "aria-pressed": "false" },
    heart(),
  );
  keep.addEventListener("click", () => {
    const isKept = keep.getAttribute("aria-pressed") !== "true";
    keep.setAttribute("aria-pressed", String(isKept));
    if (isKept) tracker.track("Kept for Later", facts(product));
    say(isKept ? `${product.name} is kept for later.` : `${product.name} is not kept any more.`);
  });
  return keep;
}

function colours(product) {
  const options = product.colours.map((colour, index) => {
    const input = el("input", { type: "radio", name: "colour", value: colour });
    input.checked = index === 0;
    input.addEventListener("change", () =>
      tracker.track("Colour Chosen", { product_id: product.sku, colour }),
    );
    return el("label.colour", {}, input, el("span", {}, colour));
  });
  return el("fieldset.colours", {}, el("legend", {}, "Colour"), ...options);
}

function cartPage() {
  if (!cart.length) {
    return {
      kind: "cart",
      title: "Cart",
      content: [
        pageHead("Your cart is empty", "Something for the weekend?"),
        el("a.button", { href: "/" }, "Look around"),
      ],
      then: () => tracker.track("Cart Viewed", sums()),
    };
  }
  const lines = inCart().map((product, index) => {
    const remove = el("button.remove", { type: "button" }, "Remove");
    remove.addEventListener("click", () => {
      setCart(cart.filter((_, position) => position !== index));
      tracker.track("Remove from Cart", facts(product));
      show({ keep: true });
    });
    return el(
      "li.line",
      { "data-sku": product.sku },
      art(product, ".small"),
      el("div.line-text", {}, el("h3", {}, product.name), el("p.price", {}, money(product.price))),
      remove,
    );
  });
  const go = el("a.button.primary#checkout", { href: "/checkout" }, "Check out");
  return {
    kind: "cart",
    title: "Cart",
    content: [
      pageHead("Cart"),
      el("div.cart-layout", {}, el("ul.lines#lines", {}, ...lines), summary(go)),
    ],
    then: () => tracker.track("Cart Viewed", sums()),
  };
}

function checkout() {
  if (!cart.length) return cartPage();
  const form = el(
    "form.panel#checkout-form",
    { name: "checkout" },
    field("Name", "name", "text"),
    field("Street", "street", "text"),
    field("Postcode", "postcode", "text"),
    field("City", "city", "text"),
    field("Email", "email", "email"),
    el("button.button.primary#place-order", { type: "submit" }, "Place order"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    order();
  });
  return {
    kind: "checkout",
    title: "Checkout",
    content: [pageHead("Checkout", "Anything will do: nothing is checked and nothing is sold."), el("div.cart-layout", {}, form, summary())],
    then: () => tracker.track("Checkout Started", sums()),
  };
}

function order() {
  const products = inCart();
  const number = `BF${String(Date.now()).slice(-7)}`;
  const amount = total();
  tracker.track("Order Completed", {
    order_id: number,
    total: amount,
    currency: catalog.currency,
    items: products.map((product) => ({ product_id: product.sku, price: product.price })),
    payment: "demo",
  });
  for (const product of products) {
    tracker.revenue({ sku: product.sku, price: product.price, quantity: 1 }, catalog.currency);
  }
  tracker.identify({ $set: { last_order: number }, $add: { orders: 1, lifetime_value: amount } });
  setCart([]);
  go("/thanks");
}

function thanks() {
  return {
    kind: "thanks",
    title: "Thank you",
    content: [
      pageHead("Thank you", "Your order is on its way nowhere. Its events, though, arrived."),
      el("a.button", { href: "/" }, "Keep looking"),
    ],
  };
}

function account() {
  if (tracker.userId) {
    return {
      kind: "account",
      title: "Account",
      content: [pageHead("Account", `You are ${tracker.userId}. Your events carry this user id from now on.`), el("a.button", { href: "/" }, "Back to the shop")],
    };
  }
  const form = el(
    "form.panel#sign-in",
    { name: "sign-in" },
    field("Email", "email", "email"),
    field("Password", "password", "password"),
    el("button.button.primary#sign-in-button", { type: "submit" }, "Sign in"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(new FormData(form).get("email"));
  });
  return {
    kind: "account",
    title: "Sign in",
    content: [pageHead("Sign in", "Any address and password will do."), form],
  };
}

// The address stays here: what is sent is a number made of it.
function signIn(email) {
  const number = [...email.toLowerCase()].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 90000, 7);
  tracker.signIn(`cust_${10000 + number}`, {
    $set: { plan: "basic", signed_in: true },
    $setOnce: { first_sign_in: new Date().toISOString().slice(0, 10) },
  });
  tracker.track("Signed In", { method: "email" });
  showAccount();
  go(cart.length ? "/checkout" : "/account");
}

function showAccount() {
  document.getElementById("account").textContent = tracker.userId ? "Account" : "Sign in";
}

function missing() {
  return {
    kind: "missing",
    title: "Not found",
    content: [
      pageHead("This path leads nowhere", "It may have been a goat track."),
      el("a.button", { href: "/" }, "Back to the shop"),
    ],
  };
}

// --- going from page to page -----------------------------------------------------------------

function page(from) {
  const { pathname, searchParams } = new URL(location.href);
  const [, kind, slug] = pathname.split("/").map(decoded);
  switch (kind) {
    case "":
      return home();
    case "c":
      return category(slug);
    case "p":
      return productPage(slug, from);
    case "search":
      return results(searchParams.get("q") ?? "");
    case "cart":
      return cartPage();
    case "checkout":
      return checkout();
    case "thanks":
      return thanks();
    case "account":
      return account();
    case "help":
      return help(slug);
    default:
      return missing();
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function show({ from = { list: "direct", position: 0 }, keep = false, first = false } = {}) {
  const { kind, title, content, then } = page(from);
  document.title = `${title} · ${catalog.brand}`;
  document.body.dataset.page = kind;
  view.replaceChildren(...content);
  for (const link of departmentLinks.children) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (keep) return;
  tracker.pageViewed();
  then?.();
  if (!first) {
    scrollTo(0, 0);
    view.focus({ preventScroll: true });
  }
}

function go(address, from) {
  history.pushState(null, "", address);
  show({ from });
}

function placeOf(link) {
  const item = link.closest(`li.${style("card")}`);
  if (!item) return undefined;
  return {
    list: item.closest("section").id,
    position: [...item.parentElement.children].indexOf(item) + 1,
  };
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!link || !isPlain || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  go(link.href, placeOf(link));
});

addEventListener("popstate", () => show());

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const query = new FormData(event.target).get("q").trim();
  if (query) go(`/search?q=${encodeURIComponent(query).replaceAll("%20", "+")}`);
});

document.getElementById("newsletter-form").addEventListener("submit", (event) => {
  event.preventDefault();
  event.target.reset();
  tracker.track("Newsletter Signed Up", { placement: "footer" });
  tracker.identify({ $set: { newsletter: true } });
  say("You are on the list. There is no list.");
});

// --- what a person is told -------------------------------------------------------------------

const told = document.body.appendChild(el("p.told", { role: "status" }));
let toldTimer = 0;

function say(text) {
  told.textContent = text;
  told.classList.add(style("shown"));
  clearTimeout(toldTimer);
  toldTimer = setTimeout(() => told.classList.remove(style("shown")), 2600);
}

// --- the panel of what was sent --------------------------------------------------------------

const list = document.getElementById("wire-list");
const count = document.getElementById("wire-count");
const wire = document.getElementById("wire");
const toggle = document.getElementById("wire-toggle");
const LISTED = 7;
const FATES = { waiting: "waiting", sent: "sent", lost: "not sent" };
const items = new Map();
const waiting = new Set();
let counted = 0;

// Called when events are queued (or queued again), and when their fate is known. By then, an event
// may have left the list.
function changed(events, state) {
  for (const event of events) {
    const key = event.insert_id;
    if (state !== "waiting") waiting.delete(key);
    else if (!waiting.has(key)) {
      waiting.add(key);
      items.set(key, listed(event));
      list.prepend(items.get(key));
      counted += 1;
    }
    const item = items.get(key);
    if (!item) continue;
    item.dataset.state = state;
    item.lastElementChild.textContent = FATES[state];
  }
  while (list.children.length > LISTED) list.lastElementChild.remove();
  for (const [key, item] of items) if (!item.isConnected) items.delete(key);
  count.textContent = String(counted);
  wire.classList.toggle(style("busy"), waiting.size > 0);
}

function listed(event) {
  const time = new Date(event.time).toLocaleTimeString([], { hour12: false });
  return el(
    "li",
    {},
    el("span.wire-type", { title: event.event_type }, event.event_type),
    el("time", {}, time),
    el("span.wire-state", {}, ""),
  );
}

function setOpen(isOpen) {
  wire.classList.toggle(style("closed"), !isOpen);
  toggle.setAttribute("aria-expanded", String(isOpen));
}

toggle.addEventListener("click", () => setOpen(toggle.getAttribute("aria-expanded") !== "true"));
// In little room it would lie over what is to be clicked.
const isRoomy = matchMedia("(min-width: 1080px)");
isRoomy.addEventListener("change", () => setOpen(isRoomy.matches));
setOpen(isRoomy.matches);

// --- the next release ------------------------------------------------------------------------

const RELEASES = {
  1: ["This is the first release of the shop.", "Put the next release online"],
  2: ["This is the next release: every class has another name, and some ids and words changed.", "Back to the first release"],
};

function showRelease() {
  const [line, offer] = RELEASES[RELEASE];
  const button = el("button.release-go#release-go", { type: "button" }, offer);
  button.addEventListener("click", () => {
    document.cookie = `release=${RELEASE === 1 ? 2 : 1}; path=/; SameSite=Lax`;
    location.reload();
  });
  document.getElementById("release").replaceChildren(line, " ", button);
}

// --- here it begins --------------------------------------------------------------------------

departmentLinks.append(
  ...catalog.departments.map((entry) => el("a", { href: `/c/${entry.slug}` }, entry.name)),
);
document.getElementById("help-menu").append(
  ...Object.entries(HELP).map(([slug, [title]]) => el("li", {}, el("a", { href: `/help/${slug}` }, title))),
);
showRelease();
showCount();
showAccount();
tracker.start(changed);
show({ first: true });
