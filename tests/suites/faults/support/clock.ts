/** False clocks, by libfaketime. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"

const find = (): string | undefined =>
  ["x86_64-linux-gnu", "aarch64-linux-gnu"]
    .map((machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`)
    .find((file) => fs.existsSync(file))

/** The library that is loaded before others; undefined where there is none. */
export const LIBFAKETIME = find()

/** Why clocks can't be falsified here; undefined where they can. */
export const timeless: string | undefined = (() => {
  if (LIBFAKETIME === undefined) return "libfaketime is not installed"
  const environment = { ...process.env, LD_PRELOAD: LIBFAKETIME, FAKETIME: "+3650d" }
  const script = "process.stdout.write(String(new Date().getFullYear()))"
  const year = Number(execFileSync(process.execPath, ["-e", script], { env: environment, encoding: "utf8" }))
  return year > new Date().getFullYear() + 8 ? undefined : "Node does not take its time from libfaketime"
})()
