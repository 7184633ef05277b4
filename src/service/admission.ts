import { type Problem, problems } from "./problems.js";

/** How much may be here at once: requests that upload, wait or are computed, and their bodies together. */
export interface AdmissionLimits {
  readonly mostRequests: number;
  readonly mostBytes: number;
  /** Of one body. */
  readonly bodyBytes: number;
}

/** Lets recordings in before their bytes are read, so that many at once never fill the memory. */
export interface Admission {
  /** Gives the place that a request takes, to be left when it is answered; or why it may not come in. */
  enter(declaredBytes: number | undefined): { readonly leave: () => void } | { readonly problem: Problem };
  readonly requests: number;
}

/** `declaredBytes` is the Content-Length; a request without one may bring a whole body. */
export function openAdmission({ mostRequests, mostBytes, bodyBytes }: AdmissionLimits): Admission {
  let requests = 0;
  let bytes = 0;
  return {
    get requests() {
      return requests;
    },
    enter(declaredBytes = bodyBytes) {
      if (declaredBytes > bodyBytes) {
        const [given, most] = [declaredBytes, bodyBytes].map((size) => `${(size / 2 ** 20).toFixed(1)} MiB`);
        return {
          problem: problems.tooLarge(
            `The recording has ${given}, and at most ${most} are taken. Cut it or compress it, or stream it.`,
          ),
        };
      }
      if (requests >= mostRequests || bytes + declaredBytes > mostBytes) {
        return { problem: problems.busy(`${requests} requests are here already. Ask again in a moment.`) };
      }
      requests++;
      bytes += declaredBytes;
      let hasLeft = false;
      return {
        leave() {
          if (hasLeft) return;
          hasLeft = true;
          requests--;
          bytes -= declaredBytes;
        },
      };
    },
  };
}
