// Shows what is pushed while no page is open, and opens it. It keeps nothing and answers no requests.
self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  const shown = { tag: told.tag, data: { path: told.path }, icon: "/static/icon/mark-192.png" };
  event.waitUntil(self.registration.showNotification(told.title || "Micropools", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const asked = new URL(event.notification.data?.path ?? "/", self.location.origin);
  event.waitUntil(self.clients.openWindow(asked.origin === self.location.origin ? asked.href : "/"));
});
