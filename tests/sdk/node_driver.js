// Drives the real Node SDK and prints what the SDK says it sent, one JSON object a line.
// Usage: node node_driver.js '{"apiKey": "...", "serverUrl": "...", "proxy": "host:port"}'
"use strict";

const http = require("node:http");
const https = require("node:https");
const tls = require("node:tls");

const given = JSON.parse(process.argv[2]);
if (given.proxy) {
  https.globalAgent = tunnel(given.proxy);
}
const amplitude = require("@amplitude/analytics-node");

// Node 20 reads no proxy variables; this is the agent that people put in.
function tunnel(proxy) {
  const [host, port] = proxy.split(":");
  const agent = new https.Agent({ keepAlive: false });
  agent.createConnection = (options, done) => {
    const target = `${options.host}:${options.port || 443}`;
    const request = http.request({ host, port, method: "CONNECT", path: target });
    request.on("connect", (_, socket) => {
      done(null, tls.connect({ socket, servername: options.host }));
    });
    request.on("error", done);
    request.end();
  };
  return agent;
}

async function main() {
  const options = { flushIntervalMillis: 100, minIdLength: 3 };
  if (given.serverUrl) {
    options.serverUrl = given.serverUrl;
  }
  await amplitude.init(given.apiKey, options).promise;
  const who = { user_id: "node-user-1", device_id: "node-device-1", session_id: 1795281104973 };
  const identify = new amplitude.Identify();
  identify.set("plan", "pro").setOnce("first", "today").add("visits", 1).append("tags", "a");
  const group = new amplitude.Identify().set("size", 12);
  const revenue = new amplitude.Revenue().setProductId("p-1").setPrice(3.99).setQuantity(2);
  const sent = [
    amplitude.track("Node Event", { price: 9.5, nested: { list: [1, "zwei", null] } }, who),
    amplitude.track("Ünïcödé 🎉 <b>event</b>", { text: "a\"b\\c\nd\u0000" }, who),
    amplitude.identify(identify, who),
    amplitude.groupIdentify("org", "acme", group, who),
    amplitude.revenue(revenue, who),
  ];
  amplitude.flush();
  for (const { promise } of sent) {
    const { event, code } = await promise;
    console.log(JSON.stringify({ code, event }));
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
