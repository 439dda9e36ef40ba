// The same as node_reaction.js with the legacy Node SDK. It tells what the first answer was and goes
// on by itself after that, so it goes on until it is told to end.
"use strict";

const { init } = require("@amplitude/node");

const given = JSON.parse(process.argv[2]);

function told() {
  return new Promise((resolve) => {
    process.stdin.on("end", () => { setTimeout(resolve, given.wait); });
    process.stdin.resume();
  });
}

async function main() {
  const client = init(given.apiKey, {
    serverUrl: given.serverUrl,
    maxCachedEvents: given.queue,
    uploadIntervalInSec: 0.05,
  });
  for (const event of given.events) {
    client.logEvent(event).then((result) => {
      console.log(JSON.stringify({ insert_id: event.insert_id, code: result.statusCode ?? 0 }));
    });
  }
  await told();
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
