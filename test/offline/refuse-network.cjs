// @ts-nocheck: functions of Node are replaced, whatever their overloads.
// Loaded before a program (NODE_OPTIONS=--require): every connection and name beyond this machine is refused, and noted
// in the file that AFFECTLAB_ASKED names.
const { appendFileSync } = require("node:fs");
const dgram = require("node:dgram");
const dns = require("node:dns");
const net = require("node:net");

const isHere = (host) => /^(localhost|127\.[\d.]+|::1|0\.0\.0\.0|::)$/.test(host);

function refusal(what) {
  appendFileSync(process.env.AFFECTLAB_ASKED, `${what} by ${process.argv.slice(1).join(" ")}\n`);
  return Object.assign(new Error(`connect ENETUNREACH ${what}`), { code: "ENETUNREACH" });
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const {
    path,
    host = "localhost",
    port,
  } = typeof first === "object" ? first : { host: second, port: first };
  if (path !== undefined || typeof host !== "string" || isHere(host)) return connect.apply(this, given);
  process.nextTick(() => this.destroy(refusal(`${host}:${port}`)));
  return this;
};

for (const resolver of [dns, dns.promises]) {
  const { lookup } = resolver;
  resolver.lookup = function (name, ...rest) {
    if (isHere(name)) return lookup.call(this, name, ...rest);
    const error = refusal(name);
    const callback = rest.at(-1);
    if (typeof callback !== "function") return Promise.reject(error);
    process.nextTick(callback, error);
  };
}

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...given) {
  const address = given.find((part, i) => i > 1 && typeof part === "string");
  if (address !== undefined && !isHere(address)) throw refusal(`${address} (UDP)`);
  return send.apply(this, given);
};
