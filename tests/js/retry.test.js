import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { ApiClient } from "../../static/js/api-client.js";
import { sendWithRetry } from "../../static/js/retry.js";

/** A server that answers as told, one status after the other. */
async function serving(statuses, work) {
  const bodies = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) {
      body += chunk;
    }
    bodies.push(body);
    const [status, headers] = [statuses.shift()].flat();
    response.writeHead(status, headers).end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(new ApiClient(`http://127.0.0.1:${server.address().port}/`), bodies);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const patient = (more = {}) => ({ signal: new AbortController().signal, firstWaitMs: 1, ...more });

test("the same is sent again until the service answers", () =>
  serving([503, 502, 200], async (client, bodies) => {
    const told = [];
    const options = patient({
      onOutage: ({ tries, retryInMs, error }) => told.push([tries, retryInMs, error.status]),
      onRecovered: () => told.push("recovered"),
    });
    assert.deepEqual(await sendWithRetry(() => client.train("a", { take: "t" }), options), {});
    assert.deepEqual(told, [[1, 1, 503], [2, 2, 502], "recovered"]);
    assert.deepEqual(bodies, Array(3).fill('{"take":"t"}'));
  }));

test("a refusal is not sent again", () =>
  serving([409], async (client, bodies) => {
    await assert.rejects(sendWithRetry(() => client.train("a", {}), patient()), { status: 409 });
    assert.equal(bodies.length, 1);
  }));

test("the service says how long to wait", () =>
  serving([[429, { "Retry-After": "0" }], 200], async (client) => {
    const waits = [];
    const options = patient({ firstWaitMs: 60_000, onOutage: ({ retryInMs }) => waits.push(retryInMs) });
    await sendWithRetry(() => client.status("a"), options);
    assert.deepEqual(waits, [0]);
  }));

test("aborting ends the waiting with the reason", () =>
  serving([503], async (client) => {
    const abort = new AbortController();
    const options = patient({ firstWaitMs: 60_000, signal: abort.signal, onOutage: () => abort.abort("enough") });
    await assert.rejects(sendWithRetry(() => client.status("a"), options), (thrown) => thrown === "enough");
  }));
