// What Amplitude SDKs in the page were configured with (wire-format §3.5), for the world of the page.
// Browser SDKs give their configuration to plugins: one is added for a moment, changes nothing, and
// is taken away again. The legacy SDK has it in the open. Instances inside bundles cannot be found.
"use strict";

const readOptions = (tell) => {
  const NAME = "eventscope-options";
  const MOST = 20;
  const DEPTH = 4;

  const plain = (value, depth = 0) => {
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
    if (value instanceof RegExp) return String(value);
    if (typeof value !== "object" || depth >= DEPTH) return undefined;
    if (Array.isArray(value)) return value.slice(0, 50).map((one) => plain(one, depth + 1));
    const prototype = Object.getPrototypeOf(value);
    // Storages, transports and the like say nothing as data.
    if (depth && prototype !== Object.prototype && prototype !== null) return undefined;
    const found = {};
    for (const name of Object.keys(value).slice(0, 200)) {
      const one = plain(value[name], depth + 1);
      if (one !== undefined) found[name] = one;
    }
    return found;
  };

  const tellOf = (config, kind) => {
    if (config && typeof config.apiKey === "string") tell({ kind, config: plain(config) });
  };

  const probe = (instance) => {
    if (typeof instance?.add !== "function" || typeof instance.remove !== "function") return;
    instance.add({
      name: NAME,
      type: "before",
      setup: async (config) => {
        tellOf(config, "browser");
        setTimeout(() => instance.remove(NAME), 0);
      },
      execute: async (event) => event,
    });
  };

  const isReady = (instance) => {
    try {
      return instance.getDeviceId() !== undefined;
    } catch {
      return false;
    }
  };

  const legacy = (found) => {
    const instances = found._instances;
    if (!instances || typeof found.getInstance !== "function") return false;
    Object.values(instances).slice(0, MOST).forEach((one) => tellOf(one?.options, "legacy"));
    return true;
  };

  try {
    for (const found of [window.amplitude, window.amplitudeGTM]) {
      // A queue that stands in for an SDK that is still loading would keep what it is asked.
      const isQueue = Array.isArray(found?._q) && typeof found.runQueuedFunctions !== "function";
      if (!found || legacy(found) || isQueue) continue;
      const named = found._iq && typeof found._iq === "object" ? Object.values(found._iq) : [];
      const all = [...new Set([found, ...named])].slice(0, MOST);
      all.filter(isReady).forEach(probe);
    }
  } catch {
    // Whatever the page calls so is none of ours.
  }
};
