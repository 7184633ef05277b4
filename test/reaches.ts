import { request } from "node:http";
import { connect } from "node:net";

/**
 * Whether something listens at an address. What listens on every address of the machine is reached at 127.0.0.2 too;
 * what listens on 127.0.0.1 alone is not.
 */
export function isReached(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (["ECONNREFUSED", "EADDRNOTAVAIL", "EHOSTUNREACH", "ENETUNREACH"].includes(error.code ?? ""))
        resolve(false);
      else reject(error);
    });
  });
}

/** A GET whose Host and Origin are free to choose, which fetch does not allow. */
export function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined> }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, headers: response.headers });
    });
    asked.on("error", reject).end();
  });
}
