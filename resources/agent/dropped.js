// What Amplitude's Browser SDKs leave out before anything is sent: user properties whose values they
// refuse, and values of event properties that JSON cannot hold. Nobody is told of either, and no
// traffic shows it. For the world of the page.
//
// `watchDropped(tell, asked)` begins; `tell(apiKey, found)` then gets lists of {on, property, why}, each
// once. Calls go on as they were made, and answer what they answered. `asked` are calls of before,
// as `keepAsked` has them. Returns whether there is an SDK.
// `watchSoon(tell)` begins as soon as there is one: before the script that sets it up.
"use strict";

// What the snippet of an SDK puts in its place while that is loading: it takes all calls and does
// nothing, so nothing may be asked of it.
const isQueue = (found) =>
  Array.isArray(found?._q) && typeof found.runQueuedFunctions !== "function";

// Adds what such a queue takes to `kept`: {name, args, queue}, where `queue` holds the calls of an
// identify or a revenue among `args`. The SDK empties all of these when it comes.
const keepAsked = (calls, kept) => {
  const keep = (call) => {
    const queue = Array.from(call?.args ?? []).find((one) => Array.isArray(one?._q))?._q;
    kept.push({ name: call?.name, args: call?.args ?? [], queue });
  };
  calls.forEach(keep);
  const push = new Proxy(calls.push, {
    apply: (target, self, added) => {
      added.forEach(keep);
      return Reflect.apply(target, self, added);
    },
  });
  Object.defineProperty(calls, "push", { value: push, configurable: true, writable: true });
};

const watchDropped = (tell, asked = []) => {
  const NAME = "eventscope-dropped";
  const MOST = 200;
  const SOON_MS = 200;
  const later = window.setTimeout.bind(window);
  const OPERATIONS = {
    set: "$set", setOnce: "$setOnce", add: "$add", append: "$append", prepend: "$prepend",
    preInsert: "$preInsert", postInsert: "$postInsert", remove: "$remove", unset: "$unset",
  };
  const told = new Set();
  let apiKey = "";
  const waiting = [];

  const say = (on, property, why) => {
    const name = String(property).slice(0, 200);
    const key = `${on} ${why} ${name}`;
    if (told.has(key) || told.size >= MOST) return;
    told.add(key);
    waiting.push({ on, property: name, why });
    if (waiting.length === 1) later(send, SOON_MS);
  };

  const send = () => {
    if (apiKey && waiting.length) tell(apiKey, waiting.splice(0));
  };

  // Why no identify takes a value (the SDK's own rules for properties).
  const refused = (operation, value) => {
    if (operation === "$add" && typeof value !== "number") return "no number";
    if (value === null) return "null";
    if (Array.isArray(value)) return "list";
    if (typeof value === "object") return "object";
    return ["number", "string", "boolean"].includes(typeof value) ? "twice" : typeof value;
  };

  // What JSON leaves out, or sends as null.
  const unsendable = (value) => {
    if (["undefined", "function", "symbol", "bigint"].includes(typeof value)) return typeof value;
    return typeof value === "number" && !Number.isFinite(value) ? "no number" : "";
  };

  const guarded = (look) => {
    try {
      look();
    } catch {
      // Whatever the page made of its SDK is none of ours.
    }
  };

  const wrap = (prototype, name, look) => {
    const original = prototype[name];
    if (typeof original !== "function") return;
    prototype[name] = new Proxy(original, {
      apply: (target, self, values) => {
        const answer = Reflect.apply(target, self, values);
        guarded(() => look(self, values));
        return answer;
      },
    });
  };

  const watchIdentify = (prototype) => {
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      wrap(prototype, name, (self, [property, value]) => {
        const kept = self.getUserProperties()[operation] ?? {};
        const isKept = operation === "$unset" || operation === "$remove"
          ? property in kept : Object.is(kept[property], value);
        if (!isKept) say("user", property, refused(operation, value));
      });
    }
  };

  const watchRevenue = (prototype) =>
    wrap(prototype, "setEventProperties", (self, [properties]) => {
      const kept = self.getEventProperties();
      for (const name of Object.keys(properties)) {
        if (!(name in kept)) say("revenue", name, unsendable(properties[name]) || "object");
      }
    });

  const lookAt = (properties) => {
    for (const [name, value] of Object.entries(properties ?? {})) {
      // Its own are undefined where nobody set them.
      const why = name.startsWith("$") ? "" : unsendable(value);
      if (why) say("event", name, why);
    }
  };

  const watchEvents = (instance) =>
    instance.add({
      name: NAME,
      type: "before",
      setup: async (config) => {
        if (typeof config?.apiKey === "string") apiKey ||= config.apiKey;
        send();
      },
      execute: async (event) => {
        guarded(() => lookAt(event.event_properties));
        return event;
      },
    });

  // The SDK does what the queue took within its own script, where nobody can watch: it is done once
  // more, with objects of that SDK that go nowhere.
  const repeat = (Kind, calls) => {
    const made = new Kind();
    for (const { name, args } of calls) made[name](...args);
  };

  const lookBack = (found) => {
    for (const { name, args: [first, second], queue } of asked.slice(0, MOST)) {
      guarded(() => {
        if (name === "identify" || name === "groupIdentify") repeat(found.Identify, queue);
        else if (name === "revenue") repeat(found.Revenue, queue);
        else if (name === "track" || name === "logEvent") {
          lookAt(typeof first === "object" ? first.event_properties : second);
        }
      });
    }
  };

  let isThere = false;
  guarded(() => {
    const found = window.amplitude;
    if (typeof found?.add !== "function" || typeof found.createInstance !== "function") return;
    isThere = true;
    if (found.Identify) watchIdentify(found.Identify.prototype);
    if (found.Revenue) watchRevenue(found.Revenue.prototype);
    watchEvents(found);
    lookBack(found);
  });
  return isThere;
};

const watchSoon = (tell) => {
  const later = window.setTimeout.bind(window);
  const asked = [];
  let queue = null;
  let isWatched = false;
  const watch = () => {
    const found = window.amplitude;
    if (!isQueue(found)) isWatched ||= watchDropped(tell, asked);
    else if (queue !== found._q) keepAsked(queue = found._q, asked);
    if (isWatched) growing.disconnect();
  };
  // Told of a script element before that runs, when the one before it has run.
  const growing = new MutationObserver(watch);
  growing.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", watch, { once: true });
  window.addEventListener("load", () => {
    growing.disconnect();
    later(watch, 0);
  }, { once: true });
  for (const wait of [1500, 5000]) later(watch, wait);
};
