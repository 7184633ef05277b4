// Keeps the page for visits without a connection: all of its files are fetched with the first visit, and the next ones
// come from here. A build with other files brings another list, which takes over when no page of the old one is open.

/** What of a service worker's scope is used; TypeScript's DOM library does not know it. */
interface ServiceWorkerScope {
  /** The build's files, and a name for this state of them; the build writes it before this script. */
  readonly precache: { readonly version: string; readonly files: readonly string[] };
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}
interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
const scope = self as unknown as ServiceWorkerScope;

const prefix = "affectlab-";
const files = new Set(scope.precache.files.map((path) => new URL(path, scope.location.href).href));
const cacheName = prefix + scope.precache.version;

scope.addEventListener("install", (event) => event.waitUntil(keepAll()));
scope.addEventListener("activate", (event) => event.waitUntil(takeOver()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = addressOf(request.url);
  if (request.method === "GET" && files.has(url)) event.respondWith(answer(url, request));
});

/** Fetches every file; the browser asks the host whether what it has is still the newest. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  await Promise.all(
    [...files].map(async (url) => {
      const response = await fetch(url, { cache: "no-cache" });
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      await cache.put(url, await plain(response));
    }),
  );
}

/**
 * A response as if its address had answered itself: hosts that answer /index.html with a redirection to / would else leave one
 * in the cache that browsers refuse for a visit.
 */
async function plain(response: Response): Promise<Response> {
  return response.redirected ? new Response(await response.blob(), { headers: response.headers }) : response;
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function answer(url: string, request: Request): Promise<Response> {
  return (await (await caches.open(cacheName)).match(url)) ?? (await fetch(request));
}

/** The address of a file in the list: without what follows it, and of a folder its index.html. */
function addressOf(url: string): string {
  const address = new URL(url);
  address.search = "";
  address.hash = "";
  if (address.pathname.endsWith("/")) address.pathname += "index.html";
  return address.href;
}
