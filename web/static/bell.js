// The bell in the top bar, live. Of all tabs of a reader one listens and tells the others: a browser keeps only six
// connections to a host. What is shown always comes from the server; an event only says that something changed.
import { headers } from "./proof.js";
import { toast } from "./toasts.js";

const bell = document.getElementById("bell");
const panel = document.getElementById("bell-panel");
const list = document.getElementById("bell-list");
const number = bell.querySelector(".bell-number");
const words = document.getElementById("bell-count");
const forms = JSON.parse(bell.dataset.forms);
const plural = new Intl.PluralRules(document.documentElement.lang);
const most = Number(bell.dataset.most);
const title = document.title;
const name = `micropools-bell-${bell.dataset.reader}`;
const tabs = new BroadcastChannel(name);
const LONGEST_PAUSE_MS = 30000;
const CALM_MS = 150;
let refreshing = null;
// What the stream of this tab said last of the number; null in a tab that hears of it from another one.
let latest = null;

function count(unseen) {
  number.textContent = unseen >= most ? "99+" : String(unseen);
  number.hidden = unseen === 0;
  const said = (forms[plural.select(unseen)] ?? forms.other).replace("%(n)s", unseen);
  if (words.textContent.trim() !== said) words.textContent = said;
  document.title = unseen ? `(${number.textContent}) ${title}` : title;
}

async function load() {
  const fresh = new Set([...list.querySelectorAll(".is-new")].map((notice) => notice.dataset.notice));
  await window.htmx.ajax("GET", "/bell/newest", { target: list, swap: "innerHTML" });
  const news = list.querySelector(".is-new") !== null;
  // What was new when the bell was opened stays marked until it is closed.
  for (const notice of list.querySelectorAll(".notice")) {
    if (fresh.has(notice.dataset.notice)) notice.classList.add("is-new");
  }
  if (news) await look();
}

async function look() {
  const upTo = Number(list.querySelector("[data-up-to]").dataset.upTo);
  await fetch("/v1/notifications/seen", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers() },
    body: JSON.stringify({ up_to: upTo }),
  });
}

// That a notice which is listed was seen is no reason to write the list anew under the reader's hands.
function shown(kind, data) {
  if (kind !== "notice") return kind === "unseen" || kind === "reindex";
  const notice = list.querySelector(`[data-notice="${data.id}"]`);
  return data.seen && notice !== null && notice.classList.contains("is-done") === data.done;
}

function heard({ kind, data }) {
  // Shown by the bell (app.css): whether what it says is still so.
  document.documentElement.dataset.bell = ["ended", "lost"].includes(kind) ? kind : "heard";
  if (kind === "unseen") count(data.unseen);
  if (kind === "ended") toast(bell.dataset.ended, { stays: true, link: { address: "/login", label: bell.dataset.login } });
  else if (kind !== "lost" && panel.matches(":popover-open") && !shown(kind, data)) {
    clearTimeout(refreshing);
    refreshing = setTimeout(load, CALM_MS);
  }
  document.dispatchEvent(new CustomEvent(`bell:${kind}`, { detail: data }));
}

function tell(kind, data) {
  const event = { kind, data };
  if (kind === "unseen") latest = event;
  heard(event);
  tabs.postMessage(event);
}

function listen() {
  // Ends only when this reader is signed out: the lock goes to the next tab when this one is closed.
  return new Promise((ended) => {
    let pause = 1000;
    const open = () => {
      // The browser connects again by itself and says which event it had last; the server replays what came since.
      const stream = new EventSource("/v1/notifications/stream");
      for (const kind of ["notice", "withdrawn", "reset", "unseen", "reindex"]) {
        stream.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data)));
      }
      stream.addEventListener("open", () => {
        pause = 1000;
      });
      stream.addEventListener("error", async () => {
        // Anything but a lost connection (a proxy's 502, say) it takes for the end, and so do we not.
        tell("lost", {});
        if (stream.readyState !== EventSource.CLOSED) return;
        const answer = await fetch("/v1/me").catch(() => null);
        if (answer?.status === 401) {
          tell("ended", {});
          ended();
          return;
        }
        setTimeout(open, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      });
    };
    open();
  });
}

panel.addEventListener("toggle", (event) => {
  if (event.newState === "open") {
    list.replaceChildren();
    load();
  }
});
tabs.addEventListener("message", (event) => {
  if (event.data.kind !== "hello") heard(event.data);
  else if (latest) tabs.postMessage(latest);
});
tabs.postMessage({ kind: "hello" });
count(Number(bell.dataset.unseen));
// Locks exist only where nobody listens in (https, or this machine); elsewhere each tab listens for itself.
if (navigator.locks) navigator.locks.request(name, listen);
else listen();
