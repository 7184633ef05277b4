// What the bundler makes of imports with a query.

declare module "*?url" {
  /** Where the page finds the file. */
  const url: string;
  export default url;
}

declare module "*?worker" {
  const create: new () => Worker;
  export default create;
}

declare module "*?worker&url" {
  /** Where the page finds the script, bundled. */
  const url: string;
  export default url;
}
