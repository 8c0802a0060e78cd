/**
 * A thread of `repro verify`: takes one shard folder after another and hashes its objects with one buffer. Plain
 * JavaScript with no import of the kit's, since taking the types out of a file costs every thread more than its work.
 * Started with an `Assignment` (threads.ts); says an `ObjectsChecked` after each shard.
 */
import { createHash, hash } from "node:crypto"
import * as fs from "node:fs"
import { parentPort, workerData } from "node:worker_threads"

const BUFFER = 4 << 20
const OBJECT_NAME = /^[0-9a-f]{62}$/u
/** A file that a driver is writing: it is renamed when it is whole. */
const TEMPORARY_NAME = /^\..*\.tmp$/u

const { folder, shards, thread, shared } = workerData
const next = new Int32Array(shared, 0, 1)
const read = new Float64Array(shared, 8 * (1 + thread), 1)
const buffer = Buffer.allocUnsafeSlow(BUFFER)

const fill = (handle) => {
  const count = fs.readSync(handle, buffer, 0, BUFFER, null)
  read[0] += count
  return count
}

/** The digest and size of a file. */
const hashFile = (file) => {
  const handle = fs.openSync(file, "r")
  try {
    let count = fill(handle)
    if (count < BUFFER) return { found: hash("sha256", buffer.subarray(0, count)), size: count }
    const digest = createHash("sha256")
    let size = 0
    for (; count > 0; count = fill(handle)) {
      digest.update(buffer.subarray(0, count))
      size += count
    }
    return { found: digest.digest("hex"), size }
  } finally {
    fs.closeSync(handle)
  }
}

/** The size of an object; undefined where it went away meanwhile. A damaged one is added to the problems. */
const check = (file, digest, problems) => {
  try {
    const { found, size } = hashFile(file)
    if (found === digest) return size
    // Another look: it may have been mended just now, and a short read must not count as damage.
    const again = hashFile(file)
    if (again.found !== digest) problems.push({ kind: "damaged", name: digest, found: again.found })
    return again.size
  } catch (error) {
    if (error.code === "ENOENT") return undefined
    problems.push({ kind: "unreadable", name: digest, found: error.message })
    return 0
  }
}

const checkShard = (shard) => {
  const problems = []
  let [objects, bytes] = [0, 0]
  for (const name of fs.readdirSync(`${folder}/${shard}`)) {
    if (name.length !== 62 || !OBJECT_NAME.test(name)) {
      if (!TEMPORARY_NAME.test(name)) problems.push({ kind: "stranger", name: `${shard}/${name}`, found: "" })
      continue
    }
    const size = check(`${folder}/${shard}/${name}`, shard + name, problems)
    if (size === undefined) continue
    objects++
    bytes += size
  }
  return { objects, bytes, problems }
}

for (let turn = Atomics.add(next, 0, 1); turn < shards.length; turn = Atomics.add(next, 0, 1)) {
  parentPort.postMessage(checkShard(shards[turn]))
}
