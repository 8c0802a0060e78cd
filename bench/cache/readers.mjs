/** Reads every file of a folder of folders with several threads, and does nothing with it. */
import * as fs from "node:fs"
import { isMainThread, Worker, workerData } from "node:worker_threads"

const read = ({ folder, readers, turn }) => {
  const buffer = Buffer.allocUnsafe(4 << 20)
  for (const [index, shard] of fs.readdirSync(folder).entries()) {
    if (index % readers !== turn) continue
    for (const name of fs.readdirSync(`${folder}/${shard}`)) {
      const handle = fs.openSync(`${folder}/${shard}/${name}`, "r")
      while (fs.readSync(handle, buffer) > 0);
      fs.closeSync(handle)
    }
  }
}

if (isMainThread) {
  const [folder, readers] = [process.argv[2], Number(process.argv[3])]
  for (let turn = 0; turn < readers; turn++)
    new Worker(new URL(import.meta.url), { workerData: { folder, readers, turn } })
} else read(workerData)
