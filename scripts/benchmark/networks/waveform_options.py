"""The options of src/models/simple-cnn-audio.ts and src/models/wav2vec2.ts, for their twins in PyTorch and in Keras."""

CNN = {
    "stride": 8,
    "filterSamples": 80,
    "channels": [64, 128, 256, 512, 512],
    "convolutions": [1, 2, 2, 2, 3],
    "pools": [4, 4, 2, 4, 2, 1],
    "headUnits": 504,
}
WAV2VEC2 = {
    "channels": [128] * 7,
    "sizes": [10, 3, 3, 3, 3, 2, 2],
    "strides": [5, 2, 2, 2, 2, 2, 2],
    "norm": "group",
    "width": 256,
    "layers": 4,
    "heads": 4,
    "hiddenUnits": 1024,
    "positionFrames": 128,
    "positionGroups": 16,
}
