// One agent in each frame of a page that the top frame may look into; they share one way to
// Eventscope. What is asked goes to the frame where something was picked last, and only that one
// surveys: a frame is a document of its own, with an address of its own.
//
// In the world of the agent alone, `window.eventscopeFrames` of the top frame is where others join.
// Frames of other sites cannot: they are covered while labeling, so that clicks on them go nowhere.
"use strict";

const leadFrames = (post) => {
  const frames = new Map();
  let mode = "navigate";
  let active = null;

  const hear = (key, message) => {
    const isTop = key === window;
    if (message.say === "picked" && active !== key) turnTo(key);
    // Addresses of frames are told with what is picked there.
    if (!isTop && (message.say === "ready" || message.say === "page")) return;
    if (message.say === "survey" && active !== key) return;
    post(message);
  };

  const turnTo = (key) => {
    const before = frames.get(active);
    active = key;
    // Forgets what was picked and marked there, and goes on labeling.
    before?.({ do: "mode", mode: "navigate" });
    before?.({ do: "mode", mode });
  };

  const join = (key, make) => {
    const receive = make((message) => hear(key, message)).receive;
    frames.set(key, receive);
    if (mode !== "navigate") receive({ do: "mode", mode });
  };

  const leave = (key) => {
    frames.delete(key);
    if (active === key) active = window;
  };

  const receive = (message) => {
    if (message.do !== "mode") {
      frames.get(active)?.(message);
      return;
    }
    mode = message.mode;
    for (const one of frames.values()) one(message);
  };

  active = window;
  window.eventscopeFrames = { join, leave };
  join(window, (say) => makeAgent(say, { covers: true }));
  return { receive };
};

const joinFrames = () => {
  let lead;
  try {
    lead = window.top.eventscopeFrames;
  } catch {
    return; // Another site's page is around this one.
  }
  if (!lead) return;
  lead.join(window, (say) => makeAgent(say, { covers: true }));
  window.addEventListener("pagehide", () => lead.leave(window), { once: true });
};
