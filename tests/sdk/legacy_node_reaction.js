// The same as node_reaction.js with the legacy Node SDK. It tells what the first answer was and goes
// on by itself after that, so it is given all the time there is.
"use strict";

const { init } = require("@amplitude/node");

const given = JSON.parse(process.argv[2]);

async function main() {
  const client = init(given.apiKey, {
    serverUrl: given.serverUrl,
    maxCachedEvents: given.queue,
    uploadIntervalInSec: 0.05,
  });
  const all = given.events.map(async (event) => {
    const result = await client.logEvent(event);
    console.log(JSON.stringify({ insert_id: event.insert_id, code: result.statusCode ?? 0 }));
  });
  await Promise.all(all);
  await new Promise((resolve) => { setTimeout(resolve, given.wait); });
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
