/**
 * Remembers what `make` returned for its last few arguments (compared as text): windows, filter banks and
 * transforms cost more than the clip that needs them. The oldest entry goes first.
 */
export function remember<Arguments extends readonly (number | string)[], Value>(
  make: (...args: Arguments) => Value,
  capacity = 16,
): (...args: Arguments) => Value {
  const known = new Map<string, Value>();
  return (...args) => {
    const key = args.join("/");
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = make(...args);
    if (known.size >= capacity) known.delete(known.keys().next().value!);
    known.set(key, value);
    return value;
  };
}
