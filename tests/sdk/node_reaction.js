// Sends given events with the real Node SDK and prints what the SDK makes of the answers: one JSON
// object {insert_id, code} for each event that it is done with, in that order. It ends when it is
// done with all, or `wait` ms after standard input ended.
// Usage: node node_reaction.js '{"apiKey", "serverUrl", "events": [{…}], "queue": 10, "pause": 50, "wait": 500}'
"use strict";

const amplitude = require("@amplitude/analytics-node");

const given = JSON.parse(process.argv[2]);

function told() {
  return new Promise((resolve) => {
    process.stdin.on("end", () => { setTimeout(resolve, given.wait); });
    process.stdin.resume();
  });
}

async function main() {
  await amplitude.init(given.apiKey, {
    serverUrl: given.serverUrl,
    flushIntervalMillis: given.pause,
    flushQueueSize: given.queue,
    logLevel: amplitude.Types.LogLevel.None,
  }).promise;
  // No explicit flush: that would switch off the retries.
  const all = given.events.map(async (event) => {
    const result = await amplitude.track(event).promise;
    console.log(JSON.stringify({ insert_id: event.insert_id, code: result.code }));
  });
  await Promise.race([Promise.all(all), told()]);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
