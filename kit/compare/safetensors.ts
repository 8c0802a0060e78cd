/**
 * Compares safetensors files tensor by tensor, a piece at a time. The format: eight bytes with the length of a JSON header
 * (little endian), the header (dtype, shape and byte range of each tensor), then the bytes.
 */
import * as fs from "node:fs"
import type { Bound } from "../artifact.ts"
import type { Differences } from "./differences.ts"

/** Reads number `index` of a buffer of one dtype. */
type Reader = (buffer: Buffer, index: number) => number

interface Dtype {
  readonly bytes: number
  readonly read: Reader
}

/** A 16-bit brain float is the upper half of a 32-bit float. */
const bf16 = (buffer: Buffer, index: number): number => {
  WORD.setUint16(0, buffer.readUInt16LE(2 * index))
  return WORD.getFloat32(0)
}
const WORD = new DataView(new ArrayBuffer(4))

/** IEEE 754 half precision. */
const f16 = (buffer: Buffer, index: number): number => {
  const bits = buffer.readUInt16LE(2 * index)
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const DTYPES: Readonly<Record<string, Dtype>> = {
  F64: { bytes: 8, read: (buffer, index) => buffer.readDoubleLE(8 * index) },
  F32: { bytes: 4, read: (buffer, index) => buffer.readFloatLE(4 * index) },
  F16: { bytes: 2, read: f16 },
  BF16: { bytes: 2, read: bf16 },
  I64: { bytes: 8, read: (buffer, index) => Number(buffer.readBigInt64LE(8 * index)) },
  I32: { bytes: 4, read: (buffer, index) => buffer.readInt32LE(4 * index) },
  I16: { bytes: 2, read: (buffer, index) => buffer.readInt16LE(2 * index) },
  I8: { bytes: 1, read: (buffer, index) => buffer.readInt8(index) },
  U8: { bytes: 1, read: (buffer, index) => buffer.readUInt8(index) },
  BOOL: { bytes: 1, read: (buffer, index) => buffer.readUInt8(index) },
}

interface Tensor {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly data_offsets: readonly [number, number]
}

interface Tensors {
  readonly handle: number
  /** Where the tensors' bytes begin. */
  readonly start: number
  readonly tensors: Readonly<Record<string, Tensor>>
}

const open = (file: string): Tensors => {
  const handle = fs.openSync(file, "r")
  try {
    const length = Number(readAt(handle, Buffer.alloc(8), 0).readBigUInt64LE(0))
    const header = readAt(handle, Buffer.alloc(Math.min(length, fs.fstatSync(handle).size)), 8)
    return { handle, start: 8 + length, tensors: JSON.parse(header.toString("utf8")) }
  } catch (error) {
    fs.closeSync(handle)
    throw error
  }
}

const readAt = (handle: number, buffer: Buffer, position: number): Buffer => {
  if (fs.readSync(handle, buffer, 0, buffer.length, position) !== buffer.length)
    throw new RangeError("the file is too short")
  return buffer
}

/** Compares two files; throws where one is no safetensors file. */
export const compareSafetensors = (
  old: string,
  now: string,
  file: string,
  found: Differences,
  boundAt: (tensor: string) => Bound | undefined,
): void => {
  const opened: Array<Tensors> = []
  try {
    for (const path of [old, now]) opened.push(open(path))
    const [left, right] = opened as [Tensors, Tensors]
    for (const name of new Set([...Object.keys(left.tensors), ...Object.keys(right.tensors)])) {
      const [a, b] = [left.tensors[name], right.tensors[name]]
      const alike = shapeText(a) === shapeText(b)
      if (a === undefined || b === undefined || !alike || DTYPES[a.dtype] === undefined) {
        if (!alike || a?.dtype !== undefined)
          found.other({ file, place: `tensor ${name}`, old: shapeText(a), now: shapeText(b) })
        continue
      }
      compareTensor(name, [left, right], [a, b], file, found, boundAt(name))
    }
  } finally {
    for (const { handle } of opened) fs.closeSync(handle)
  }
}

/** What must be the same before numbers are compared: dtype and shape of a tensor, or the metadata as they are. */
const shapeText = (tensor: Tensor | undefined): string =>
  tensor === undefined
    ? "absent"
    : tensor.dtype === undefined
      ? JSON.stringify(tensor)
      : `${tensor.dtype} [${tensor.shape.join(", ")}]`

const PIECE = 4 << 20

const compareTensor = (
  name: string,
  [left, right]: readonly [Tensors, Tensors],
  [a, b]: readonly [Tensor, Tensor],
  file: string,
  found: Differences,
  bound: Bound | undefined,
): void => {
  const { bytes, read } = DTYPES[a.dtype] as Dtype
  const length = a.data_offsets[1] - a.data_offsets[0]
  for (let from = 0; from < length; from += PIECE) {
    const size = Math.min(PIECE, length - from)
    const before = readAt(left.handle, Buffer.alloc(size), left.start + a.data_offsets[0] + from)
    const after = readAt(right.handle, Buffer.alloc(size), right.start + b.data_offsets[0] + from)
    if (before.equals(after)) continue
    for (let index = 0; index < size / bytes; index++) {
      const at = () => ({ file, place: `tensor ${name}[${from / bytes + index}]` })
      found.numbers(read(before, index), read(after, index), bound, at)
    }
  }
}
