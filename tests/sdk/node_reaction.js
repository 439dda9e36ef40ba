// Sends given events with the real Node SDK and prints what the SDK makes of the answers: one JSON
// object {insert_id, code} for each event that it is done with, in that order.
// Usage: node node_reaction.js '{"apiKey", "serverUrl", "events": [{…}], "queue": 10, "pause": 50, "wait": 6000}'
"use strict";

const amplitude = require("@amplitude/analytics-node");

const given = JSON.parse(process.argv[2]);

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
  await Promise.race([
    Promise.all(all),
    new Promise((resolve) => { setTimeout(resolve, given.wait); }),
  ]);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
