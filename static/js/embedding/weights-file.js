/** Reads the shipped network's files as they are: the weights in ONNX, the arrays in safetensors. */

/** @typedef {{dims: number[], values: Float32Array}} Weights `values` in row-major order */

const MESSAGE_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 };
const FLOAT = 1;
const FLOAT16 = 10;
const HALF = ".half"; // how the large ones are named, kept in 16 bits

/**
 * The named weights of a network; the order of its layers is not read, for voice-embedder.js has it.
 * Source: onnx.proto3 of ONNX, in the wire format of Protocol Buffers.
 * @param {Uint8Array} bytes
 * @returns {Map<string, Weights>}
 */
export function readOnnxWeights(bytes) {
  const weights = new Map();
  for (const [, graph] of fields(bytes).filter(([field]) => field === MESSAGE_GRAPH)) {
    for (const [, tensor] of fields(asBytes(graph)).filter(([field]) => field === GRAPH_INITIALIZER)) {
      const { name, dims, values } = readTensor(asBytes(tensor));
      weights.set(name.endsWith(HALF) ? name.slice(0, -HALF.length) : name, { dims, values });
    }
  }
  return weights;
}

/** @param {Uint8Array} bytes */
function readTensor(bytes) {
  const found = fields(bytes);
  const all = (/** @type {number} */ wanted) => found.filter(([field]) => field === wanted).map(([, value]) => value);
  const [type] = all(TENSOR.type);
  const name = new TextDecoder().decode(asBytes(all(TENSOR.name)[0]));
  const [raw] = all(TENSOR.raw);
  if ((type !== FLOAT && type !== FLOAT16) || raw === undefined) {
    throw new TypeError(`${name}: expected raw numbers of 16 or 32 bits, got type ${type}`);
  }
  const values = readFloats(asBytes(raw), type === FLOAT16 ? "F16" : "F32");
  return { name, dims: all(TENSOR.dims).map(Number), values };
}

/** @param {number | Uint8Array} value */
function asBytes(value) {
  if (typeof value === "number") {
    throw new TypeError("expected bytes, got a number: not an ONNX file");
  }
  return value;
}

/**
 * The fields of one message: their numbers and values; those of fixed length are passed over.
 * @param {Uint8Array} bytes
 */
function fields(bytes) {
  /** @type {[field: number, value: number | Uint8Array][]} */
  const found = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) {
        return value;
      }
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key % 8;
    if (kind === 0) {
      found.push([Math.floor(key / 8), varint()]);
    } else if (kind === 2) {
      const length = varint();
      found.push([Math.floor(key / 8), bytes.subarray(at, at + length)]);
      at += length;
    } else if (kind === 1 || kind === 5) {
      at += kind === 1 ? 8 : 4;
    } else {
      throw new TypeError(`expected a field of Protocol Buffers, got kind ${kind}: not an ONNX file`);
    }
  }
  return found;
}

/**
 * The arrays of a safetensors file.
 * Source: the format's description in the safetensors repository.
 * @param {Uint8Array} bytes
 * @returns {Map<string, Weights>}
 */
export function readSafetensors(bytes) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const data = bytes.subarray(8 + length);
  /** @type {Record<string, {dtype: string, shape: number[], data_offsets: [number, number]}>} */
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const arrays = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(
    arrays.map(([name, { dtype, shape, data_offsets: [start, end] }]) => [
      name,
      { dims: shape, values: readFloats(data.subarray(start, end), dtype) },
    ]),
  );
}

/**
 * @param {Uint8Array} bytes little-endian
 * @param {string} dtype F16, F32 or F64
 */
function readFloats(bytes, dtype) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = {
    F16: (/** @type {number} */ k) => fromHalf(view.getUint16(2 * k, true)),
    F32: (/** @type {number} */ k) => view.getFloat32(4 * k, true),
    F64: (/** @type {number} */ k) => view.getFloat64(8 * k, true),
  }[dtype];
  if (!read) {
    throw new TypeError(`expected F16, F32 or F64, got ${dtype}`);
  }
  return Float32Array.from({ length: bytes.length / (Number(dtype.slice(1)) / 8) }, (_, k) => read(k));
}

/** @param {number} bits IEEE 754 binary16 */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  return exponent === 31 ? sign * (fraction ? NaN : Infinity) : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
