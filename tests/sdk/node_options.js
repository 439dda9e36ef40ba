// Drives a real Node SDK with options of its own, so that they show: a few events far apart, then
// many at once, and again until standard input ends. Says when a round is over. Usage: node node_options.js '{"sdk": "node" | "legacy", "apiKey": …, "options": {…},
// "interval": 300}'
"use strict";

const given = JSON.parse(process.argv[2]);
const who = { user_id: "node-user-1", device_id: "node-device-1" };
const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function current() {
  const amplitude = require("@amplitude/analytics-node");
  await amplitude.init(given.apiKey, { ...given.options, logLevel: 0 }).promise;
  return (name) => amplitude.track(name, {}, who);
}

function legacy() {
  const { init } = require("@amplitude/node");
  const client = init(given.apiKey, given.options);
  return (name) => { client.logEvent({ event_type: name, ...who, time: Date.now() }); };
}

async function round(track) {
  for (let n = 0; n < 5; n += 1) {
    track(`Slow ${n}`);
    await wait(given.interval * 1.5 + 150);
  }
  for (let burst = 0; burst < 2; burst += 1) {
    for (let n = 0; n < 20; n += 1) {
      track(`Quick ${burst} ${n}`);
    }
    await wait(given.interval + 800);
  }
  console.log("round");
}

async function main() {
  let isOver = false;
  const over = new Promise((resolve) => {
    process.stdin.on("end", () => { isOver = true; resolve(); });
  });
  process.stdin.resume();
  const track = given.sdk === "legacy" ? legacy() : await current();
  while (!isOver) {
    await Promise.race([round(track), over]);
  }
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
