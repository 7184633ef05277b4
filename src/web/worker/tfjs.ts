// The part of @tensorflow/tfjs that the page needs, in its place: the backends come one by one when they are chosen, and
// what converts and streams data stays away.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";

export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";
