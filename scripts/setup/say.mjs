const isTerminal = Boolean(process.stdout.isTTY) && !process.env.CI;

/**
 * Seconds as people say them: "0.4 s", "42 s", "3 min 05 s".
 * @param {number} seconds
 */
export function formatSeconds(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/**
 * One line for one step: on a terminal it is rewritten in place with the time and the latest note, elsewhere the
 * name is printed once and the result once, with a note every half minute.
 * @param {string} name
 */
export function openLine(name) {
  const start = performance.now();
  let note = "";
  let lastTold = start;
  const label = name.padEnd(24);
  const elapsed = () => formatSeconds((performance.now() - start) / 1000);
  const draw = () => {
    const room = Math.max(20, (process.stdout.columns ?? 80) - 1);
    process.stdout.write(`\r\u001b[2K${`  … ${label} ${elapsed().padStart(11)}  ${note}`.slice(0, room)}`);
  };
  const timer = isTerminal ? setInterval(draw, 250) : undefined;
  if (isTerminal) draw();
  else console.log(`  … ${name}`);
  /**
   * @param {string} mark
   * @param {string} text
   */
  const close = (mark, text) => {
    if (timer) {
      clearInterval(timer);
      process.stdout.write("\r\u001b[2K");
    }
    console.log(`  ${mark} ${label} ${elapsed().padStart(11)}  ${text}`.trimEnd());
  };
  return {
    /** @param {string} text what is happening right now */
    note(text) {
      note = text.replace(/\s+/g, " ").trim();
      if (isTerminal || performance.now() - lastTold < 30_000) return;
      lastTold = performance.now();
      console.log(`    ${label} ${elapsed().padStart(11)}  ${note.slice(0, 100)}`);
    },
    /** @param {string} [text] */
    done(text = "") {
      close("✓", text);
    },
    failed() {
      close("✗", "");
    },
  };
}

/**
 * A step that had nothing to do.
 * @param {string} name
 */
export function sayUnchanged(name) {
  console.log(`  ✓ ${name.padEnd(24)}             unchanged`);
}
