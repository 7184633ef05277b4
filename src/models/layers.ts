// Every layer of the project's own, and their registration under the names that a stored topology carries.
import * as tf from "@tensorflow/tfjs";
import { AttentivePooling } from "./layers/attentive-pooling.js";
import { FusedBatchNorm } from "./layers/fused-batch-norm.js";
import { Rectifier } from "./layers/rectifier.js";

export { AttentivePooling, FusedBatchNorm, Rectifier };

for (const layer of [AttentivePooling, FusedBatchNorm, Rectifier]) tf.serialization.registerClass(layer);
