// "Tell me on this device": the browser is asked, and its subscription given to the server.
import { headers } from "./proof.js";
import { toast } from "./toasts.js";

const offer = document.getElementById("this-device");
const button = offer.querySelector("button");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function markOf(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(what) {
  for (const each of offer.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== what;
  button.hidden = what !== "offer";
}

async function look() {
  if (!able) return say("unable");
  if (Notification.permission === "denied") return say("denied");
  const known = await (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();
  const row = known && document.querySelector(`[data-mark="${await markOf(known.endpoint)}"]`);
  if (row) row.querySelector(".this-one").hidden = false;
  return say(row ? "known" : "offer");
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") return look();
  await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  // One made with another key, or for somebody else, is of no use here.
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: offer.dataset.key });
  const { endpoint, keys } = made.toJSON();
  const body = JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, name: offer.dataset.name });
  const sent = { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body };
  const answer = await fetch("/v1/me/devices", sent);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return location.reload();
}

button.addEventListener("click", () => {
  button.disabled = true;
  subscribe()
    .catch(() => toast(offer.dataset.failed))
    .finally(() => {
      button.disabled = false;
    });
});
look();
