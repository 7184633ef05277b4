import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { type Problem, problems } from "./problems.js";

/** Who may ask. */
export interface AccessRules {
  /** What the Authorization header must carry; null lets everybody on this machine in. */
  readonly token: string | null;
  /** Whether the service listens on loopback only: then requests must be addressed to it. */
  readonly isLoopback: boolean;
}

/** Whether an address is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** A token that nobody guesses: 192 bits. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Why a request may not be answered, or null when it may.
 *
 * On loopback a page of any site that the browser shows could ask too: by its own name that now points to 127.0.0.1 (DNS
 * rebinding: the Host header tells), or across origins (the Origin header tells). Neither is let in. Off loopback the
 * service's names are not known, and the token alone decides; an Origin that is another host is refused there as well.
 */
export function refusalOf(headers: IncomingHttpHeaders, { token, isLoopback }: AccessRules): Problem | null {
  const host = hostOf(headers.host);
  if (isLoopback && (host === null || !isLoopbackHost(host))) {
    return problems.forbidden(
      `This service answers requests for 127.0.0.1 and localhost, not for ${JSON.stringify(headers.host ?? "")}.`,
    );
  }
  if (headers.origin !== undefined && !isSameHost(headers.origin, headers.host)) {
    return problems.forbidden("This service answers programs, and no page of another site.");
  }
  if (token !== null && !isToken(headers.authorization, token)) {
    return problems.noToken(
      "Send the header `Authorization: Bearer TOKEN` with the token that the service printed when it began, or was given.",
    );
  }
  return null;
}

/** The name in a Host header, without its port; null when there is none. */
function hostOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+))(?::\d+)?$/.exec(header);
  return match?.[1] ?? match?.[2]?.toLowerCase() ?? null;
}

function isSameHost(origin: string, host: string | undefined): boolean {
  try {
    return new URL(origin).host === host?.toLowerCase();
  } catch {
    return false; // "null", and what is no origin at all
  }
}

/** Compares digests: their comparison tells nothing by its time, not even the token's length. */
function isToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer ([^\s]+)$/i.exec(header ?? "")?.[1];
  if (given === undefined) return false;
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
