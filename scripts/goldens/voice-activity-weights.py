"""Takes the weights of Silero VAD's 16 kHz network out of the published TorchScript model.

    python scripts/goldens/voice-activity-weights.py silero_vad.jit        (needs torch and safetensors)

silero_vad.jit is in the wheel silero-vad 6.2.3 (https://pypi.org/project/silero-vad/); the file of safetensors beside it
there holds an older network. Writes models/voice-activity/silero-vad-16k.safetensors, without the Fourier basis, which
is computed.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).resolve().parents[2] / "models" / "voice-activity" / "silero-vad-16k.safetensors"
NAMES = {
    **{
        f"encoder.{i}.reparam_conv.{part}": f"conv{i + 1}.{part}" for i in range(4) for part in ("weight", "bias")
    },
    **{f"decoder.rnn.{part}_{way}": f"lstm_cell.{part}_{way}" for part in ("weight", "bias") for way in ("ih", "hh")},
    "decoder.decoder.2.weight": "final_conv.weight",
    "decoder.decoder.2.bias": "final_conv.bias",
}

state = torch.jit.load(sys.argv[1]).state_dict()
arrays = {ours: state[f"_model.{theirs}"].float().contiguous() for theirs, ours in NAMES.items()}
save_file(arrays, str(OUT), metadata={"origin": "silero-vad 6.2.3, silero_vad.jit, MIT"})
print(f"{OUT.name}: {sum(array.numel() for array in arrays.values())} weights")
