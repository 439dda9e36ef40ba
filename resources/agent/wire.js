// The agent's way to Eventscope in a person's own browser: requests to an address of the page's own
// site, which the proxy answers. Asks what is wanted, often while labeling and seldom otherwise.
"use strict";

const connectAgent = ({ token, say }) => {
  // Before any script of the page: pages and SDKs put their own in the place of these.
  const send = window.fetch.bind(window);
  const later = window.setTimeout.bind(window);
  const stringify = JSON.stringify.bind(JSON);
  const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
  const WRITTEN = [Object, Array, String, Number, Boolean].map((one) => one.prototype);
  const OFTEN_MS = 250;
  const SELDOM_MS = 2000;
  const FRESH_MS = 3000;
  const page = Array.from(crypto.getRandomValues(new Uint8Array(9)), (one) =>
    one.toString(16).padStart(2, "0"),
  ).join("");
  let waiting = [];
  let isLabeling = false;
  let isAsking = false;

  const agent = makeAgent((message) => {
    waiting.push({ ...message, focus: own.hasFocus(document) });
    ask();
  });

  // Old libraries teach lists and texts to be written in another way (`toJSON`): not ours.
  const write = (value) => {
    const taught = [];
    for (let at = 0; at < WRITTEN.length; at += 1) {
      const found = getOwnPropertyDescriptor(WRITTEN[at], "toJSON");
      if (found && deleteProperty(WRITTEN[at], "toJSON")) taught[taught.length] = [WRITTEN[at], found];
    }
    try {
      return stringify(value);
    } finally {
      for (let at = 0; at < taught.length; at += 1) {
        defineProperty(taught[at][0], "toJSON", taught[at][1]);
      }
    }
  };

  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    const messages = waiting;
    waiting = [];
    try {
      const answer = await send(say, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Eventscope-Token": token },
        body: write({ page, messages }),
        credentials: "omit",
        cache: "no-store",
      });
      if (answer.ok) hear((await answer.json()).asked);
    } catch {
      // The proxy is gone, or the page is leaving: the next question tells.
      waiting = [...messages, ...waiting].slice(-20);
    }
    isAsking = false;
    if (waiting.length) ask();
  };

  const hear = (asked) => {
    for (const message of asked) {
      if (message.do === "mode") isLabeling = message.mode === "label";
      agent.receive(message);
    }
  };

  // SDKs are set up by scripts that come later.
  for (const wait of [1500, 5000]) {
    later(() => {
      const found = [];
      readOptions((one) => found.push(one));
      later(() => {
        if (!found.length) return;
        waiting.push({ say: "options", page_url: location.href, found });
        ask();
      }, 300);
    }, wait);
  }

  watchSoon((api_key, found) => {
    waiting.push({ say: "dropped", page_url: location.href, api_key, found });
    ask();
  });

  const again = () => {
    if (!own.hidden(document)) ask();
    // A page that was just opened is told soon what it is to do.
    later(again, isLabeling || performance.now() < FRESH_MS ? OFTEN_MS : SELDOM_MS);
  };
  again();
};
