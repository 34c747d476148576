import assert from "node:assert/strict";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, test } from "node:test";
import { ApiClient } from "../../static/js/api-client.js";
import { isAccountName, isDeviceName, isSpeakerName } from "../../static/js/names.js";
import { CepstraError, ServiceError } from "../../static/js/errors.js";

let server;
let baseUrl;
let requests;
let answer;

beforeEach(async () => {
  requests = [];
  answer = (response) => response.end('{"deleted": true}');
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    const { method, url, headers } = request;
    const body = String(headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes);
    requests.push({ method, url, headers, body, bytes });
    answer(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${server.address().port}/`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("train, test and score PUT the message as JSON; status and delete carry nothing", async () => {
  const client = new ApiClient(baseUrl);
  const message = { mfcc: [[1, 2]], digit: 3 };
  for (const name of ["train", "test", "score"]) {
    await client[name]("anna.b", message);
  }
  await client.status("anna.b");
  assert.deepEqual(await client.delete("anna.b"), { deleted: true });
  assert.deepEqual(
    requests.map(({ method, url }) => `${method} ${url}`),
    ["PUT /train", "PUT /test", "PUT /score", "GET /status", "DELETE /delete"].map((call) => `${call}?speaker=anna.b`),
  );
  assert.deepEqual(requests.map(({ body }) => body && JSON.parse(body)), [message, message, message, "", ""]);
  assert.equal(requests[0].headers["content-type"], "application/json");
});

test("a long message is gzipped, where the browser can", async (t) => {
  const client = new ApiClient(baseUrl);
  const message = { mfcc: Array.from({ length: 300 }, (_, n) => [n % 7, n]) };
  await client.train("anna", message);
  const { CompressionStream } = globalThis;
  t.after(() => Object.assign(globalThis, { CompressionStream }));
  delete globalThis.CompressionStream;
  await client.train("anna", message);
  const [gzipped, plain] = requests;
  assert.deepEqual([gzipped, plain].map(({ body }) => JSON.parse(body)), [message, message]);
  assert.deepEqual([gzipped, plain].map(({ headers }) => headers["content-encoding"]), ["gzip", undefined]);
  assert.ok(gzipped.bytes.length < 0.6 * plain.bytes.length);
});

test("how the caller stands is asked without naming a speaker", async () => {
  answer = (response) => response.end('{"auth": "off"}');
  assert.deepEqual(await new ApiClient(baseUrl).access(), { auth: "off" });
  assert.deepEqual([requests[0].method, requests[0].url], ["GET", "/session"]);
});

test("a name of dots, or none, is refused before it could lead to another address", async () => {
  const client = new ApiClient(`${baseUrl}voices/`);
  const calls = {
    speaker: (name) => client.call("PUT", ["speakers", name], { body: { alias: "b" } }),
    take: (name) => client.deleteTake("a", name),
    device: (name) => client.deleteDevice("a", name),
    model: (name) => client.networkFile(name),
  };
  for (const [field, call] of Object.entries(calls)) {
    for (const name of ["", ".", ".."]) {
      await assert.rejects(call(name), ({ status, errors }) => status === 400 && errors[field][0].endsWith(`got '${name}'`));
    }
  }
  assert.deepEqual(requests, []);
  await client.deleteDevice("...", "a/..%2f?#é");
  await client.call("DELETE", ["speakers", "North/Änn.", "lock"]);
  assert.deepEqual(requests.map(({ url }) => url), [
    "/voices/speakers/.../devices/a%2F..%252f%3F%23%C3%A9",
    "/voices/speakers/North%2F%C3%84nn./lock",
  ]);
});

test("consent POSTs the version of the text", async () => {
  await new ApiClient(baseUrl).consent("anna", "page-1");
  const [{ method, url, body }] = requests;
  assert.deepEqual([method, url, JSON.parse(body)], ["POST", "/consent?speaker=anna", { version: "page-1" }]);
});

test("a signed-in person's calls carry the token until it is refused", async () => {
  let lost = 0;
  const client = new ApiClient(baseUrl, { onSignedOut: () => (lost += 1) });
  answer = (response) => response.end('{"token": "t"}');
  await client.signIn("anna", "ten letters");
  await client.status("anna");
  answer = (response) => response.writeHead(401).end('{"message": "Unauthorized"}');
  await assert.rejects(client.status("anna"), { code: "signed-out", status: 401 });
  await assert.rejects(client.status("anna"), { code: "signed-out", status: 401 });
  assert.equal(lost, 1);
  const tokens = requests.map(({ headers }) => headers.authorization);
  assert.deepEqual(tokens, [undefined, "Bearer t", "Bearer t", undefined]);
  assert.deepEqual(JSON.parse(requests[0].body), { name: "anna", password: "ten letters" });
});

test("after signing out no token is sent", async () => {
  const client = new ApiClient(baseUrl);
  answer = (response) => response.end('{"token": "t"}');
  await client.createAccount("anna", "ten letters");
  await client.signIn("anna", "ten letters");
  await client.signOut();
  await client.access();
  assert.deepEqual(
    requests.map(({ method, url, headers }) => [method, url, headers.authorization]),
    [
      ["POST", "/user", undefined],
      ["POST", "/session", undefined],
      ["DELETE", "/session", "Bearer t"],
      ["GET", "/session", undefined],
    ],
  );
});

test("an error of the service keeps its words and fields, and gets a code and a way out", async () => {
  const error = { code: 409, message: "Conflict", description: "heard before", errors: { mfcc: ["heard before"] } };
  answer = (response) => response.writeHead(409).end(JSON.stringify(error));
  await assert.rejects(new ApiClient(baseUrl).train("a", {}), (thrown) => {
    assert.ok(thrown instanceof ServiceError && thrown instanceof CepstraError);
    assert.deepEqual([thrown.code, thrown.status, thrown.errors], ["repeated-frames", 409, error.errors]);
    assert.match(thrown.title, /sent before/);
    assert.match(thrown.advice, /again/);
    assert.match(thrown.explanation, /mfcc: heard before/);
    return true;
  });
});

test("a page of HTML instead of JSON is an error with the status", async () => {
  answer = (response) => response.writeHead(502).end("<h1>Bad gateway</h1>");
  await assert.rejects(new ApiClient(baseUrl).status("a"), { code: "server-failed", status: 502, isTemporary: true });
  answer = (response) => response.end("<h1>Welcome</h1>");
  await assert.rejects(new ApiClient(baseUrl).status("a"), { code: "server-garbled", isTemporary: false });
});

test("no answer in time", async () => {
  answer = () => {};
  const client = new ApiClient(baseUrl, { timeoutMs: 50 });
  await assert.rejects(client.status("a"), { code: "server-timeout", status: 0, message: /in time/, isTemporary: true });
});

test("an answer that stops half way", async () => {
  answer = (response) => response.writeHead(200, { "Content-Length": "100" }).write('{"deleted":', () => response.destroy());
  await assert.rejects(new ApiClient(baseUrl).status("a"), { code: "server-unreachable", status: 0 });
});

test("a server that is down", async () => {
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(new ApiClient(baseUrl).status("a"), { code: "server-unreachable", message: /reached/ });
});

test("a call can be aborted and rejects with the reason", async () => {
  answer = () => {};
  const abort = new AbortController();
  const call = new ApiClient(baseUrl).status("a", { signal: abort.signal });
  abort.abort("enough");
  await assert.rejects(call, (thrown) => thrown === "enough");
});

test("refusals get a code each", () => {
  const codes = [
    [401, {}, "signed-out"],
    [401, { password: [] }, "wrong-password"],
    [400, { password: [] }, "weak-password"],
    [400, { name: [] }, "name-refused"],
    [403, { invitation: [] }, "not-invited"],
    [403, {}, "not-allowed"],
    [403, { session: [] }, "session-old"],
    [403, { consent: [] }, "consent-missing"],
    [404, { speaker: [] }, "not-found"],
    [409, { speaker: [] }, "not-enrolled"],
    [409, { challenge: [] }, "challenge-closed"],
    [409, { alias: [] }, "name-taken"],
    [409, { digits: [] }, "too-few-voices"],
    [409, { threshold: [] }, "not-understood"],
    [409, { frontend: [] }, "other-front-end"],
    [429, {}, "too-many-calls"],
    [429, { speaker: [] }, "locked"],
    [400, { mfcc: [] }, "not-understood"],
    [400, { speech: [] }, "nothing-heard"],
    [500, {}, "server-failed"],
  ];
  for (const [status, errors, code] of codes) {
    assert.equal(ServiceError.ofReply(status, { errors }).code, code, `${status} ${Object.keys(errors)}`);
  }
});

test("the same call may succeed later after overload, not after a refusal", () => {
  const isTemporary = (status) => ServiceError.ofReply(status, {}).isTemporary;
  assert.deepEqual([408, 429, 502, 503, 504].map(isTemporary), Array(5).fill(true));
  assert.deepEqual([400, 401, 403, 404, 409, 413, 500].map(isTemporary), Array(7).fill(false));
  assert.match(ServiceError.ofReply(429, {}, "7").advice, /7 s/);
  assert.equal(ServiceError.ofReply(503, {}, "Sat, 28 Nov 2026 07:00:00 GMT").retryAfterS, null);
});

test("speaker names", () => {
  for (const name of ["a", "Anna-Maria_2.b", "Zoë", "Jean Luc", "李明", "what?#%", "😀".repeat(64), "x".repeat(64)]) {
    assert.ok(isSpeakerName(name), name);
  }
  for (const name of ["", " ", "x".repeat(65), " a", "a ", "a/b", "a\n", "a\0b", ".", "..", "\uFFFD", "\uD800"]) {
    assert.ok(!isSpeakerName(name), name);
  }
});

test("account names, a tenant before them or not", () => {
  for (const name of ["Zoë", "shop/Zoë", "2-b/李明"]) {
    assert.ok(isAccountName(name), name);
  }
  for (const name of ["shop/", "/a", "Shop/a", "-a/b", "a/b/c", `${"x".repeat(33)}/a`]) {
    assert.ok(!isAccountName(name), name);
  }
});

test("device names", () => {
  assert.ok(isDeviceName("headset-2.b_c"));
  for (const name of ["", "x".repeat(65), "head set", "ä", "a/b", ".", ".."]) {
    assert.ok(!isDeviceName(name), name);
  }
});
