// Takes Cepstra's assertion to the provider, which sends the browser back to the relying party.
import "/voice/static/js/cepstra-verify.js";

const element = document.querySelector("cepstra-verify");
const { lang } = document.documentElement;
if (lang !== "en") {
  element.strings = (await import(`/static/${lang}.js`)).default;
}
element.addEventListener("cepstra-result", async ({ detail }) => {
  const body = JSON.stringify({ assertion: detail.assertion });
  const headers = { "Content-Type": "application/json" };
  const reply = await fetch(`${element.getAttribute("url")}/given`, { method: "POST", headers, body });
  document.querySelector("#failure").hidden = reply.ok || !detail.isAccepted; // the element says so itself
  if (reply.ok) {
    location.assign((await reply.json()).location);
  }
});
element.addEventListener("cepstra-error", async () => {
  const page = await fetch(element.getAttribute("url"));
  if (page.status === 403) {
    location.reload(); // the step is over, and its page says so
  }
});
