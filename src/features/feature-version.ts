/**
 * Goes up by one whenever the numbers of any features change (decoding, preparation, a formula): the cache then
 * computes anew instead of reading what an older program left.
 */
export const featureVersion = 1;
