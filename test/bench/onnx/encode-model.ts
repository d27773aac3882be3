/**
 * The little of ONNX that the benchmarks need: a graph of nodes and float32 or int64 constants, encoded as the protobuf
 * message ModelProto (github.com/onnx/onnx, onnx.proto3). Field numbers stand beside the fields.
 */

/** A constant: float32, or int64 when the values are bigints. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** An attribute: an integer, a float (as `{float}`), a string, or a list of integers. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph whose inputs and outputs are float32 of fixed shapes. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  readonly outputs: ReadonlyMap<string, readonly number[]>;
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly nodes: readonly OnnxNode[];
}

const IR_VERSION = 8;
const OPSET_VERSION = 17;
const DATA_TYPE = { float: 1, int64: 7 };
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 };
const WIRE = { varint: 0, bytes: 2, fixed32: 5 };

/** Collects one protobuf message. */
class MessageWriter {
  readonly #parts: Uint8Array[] = [];

  integer(field: number, value: number): this {
    return this.#varint((field << 3) | WIRE.varint).#varint(value);
  }

  float(field: number, value: number): this {
    this.#varint((field << 3) | WIRE.fixed32);
    this.#parts.push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint((field << 3) | WIRE.bytes).#varint(value.length);
    this.#parts.push(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, write: (writer: MessageWriter) => void): this {
    const inner = new MessageWriter();
    write(inner);
    return this.bytes(field, inner.finish());
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of this.#parts) {
      result.set(part, offset);
      offset += part.length;
    }
    return result;
  }

  /** A varint; negative numbers as 64-bit two's complement. */
  #varint(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    do {
      bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }
}

function writeAttribute(writer: MessageWriter, name: string, value: OnnxAttribute): void {
  writer.text(1, name);
  if (typeof value === 'number') writer.integer(3, value).integer(20, ATTRIBUTE_TYPE.int);
  else if (typeof value === 'string') writer.text(4, value).integer(20, ATTRIBUTE_TYPE.string);
  else if ('float' in value) writer.float(2, value.float).integer(20, ATTRIBUTE_TYPE.float);
  else {
    for (const each of value) writer.integer(8, each);
    writer.integer(20, ATTRIBUTE_TYPE.ints);
  }
}

function writeNode(writer: MessageWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    writer.message(5, (attribute) => {
      writeAttribute(attribute, name, value);
    });
  }
}

function writeTensor(writer: MessageWriter, name: string, { shape, values }: OnnxTensor): void {
  for (const size of shape) writer.integer(1, size);
  writer.integer(2, values instanceof Float32Array ? DATA_TYPE.float : DATA_TYPE.int64).text(8, name);
  writer.bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValueInfo(writer: MessageWriter, name: string, shape: readonly number[]): void {
  writer.text(1, name).message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.integer(1, DATA_TYPE.float).message(2, (dimensions) => {
        for (const size of shape) dimensions.message(1, (dimension) => dimension.integer(1, size));
      });
    });
  });
}

/** The graph as the bytes of an `.onnx` file. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const model = new MessageWriter().integer(1, IR_VERSION).text(2, 'gan-canvas bench');
  model.message(7, (writer) => {
    for (const node of graph.nodes)
      writer.message(1, (inner) => {
        writeNode(inner, node);
      });
    writer.text(2, graph.name);
    for (const [name, tensor] of graph.constants)
      writer.message(5, (inner) => {
        writeTensor(inner, name, tensor);
      });
    for (const [name, shape] of graph.inputs)
      writer.message(11, (inner) => {
        writeValueInfo(inner, name, shape);
      });
    for (const [name, shape] of graph.outputs)
      writer.message(12, (inner) => {
        writeValueInfo(inner, name, shape);
      });
  });
  return model.message(8, (opset) => opset.text(1, '').integer(2, OPSET_VERSION)).finish();
}
