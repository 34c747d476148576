const { SwaggerUIBundle } = /** @type {{SwaggerUIBundle: Function}} */ (/** @type {unknown} */ (globalThis));
// The same address serves this page and the document; the Accept header tells them apart.
SwaggerUIBundle({
  url: "/doc",
  domNode: document.getElementById("doc"),
  defaultModelsExpandDepth: 0,
  requestInterceptor: (/** @type {{url: string, headers: Record<string, string>}} */ request) => {
    if (request.url.endsWith("/doc")) {
      request.headers.Accept = "application/json";
    }
    return request;
  },
});
