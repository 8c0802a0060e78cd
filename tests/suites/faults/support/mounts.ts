/** Small, full and read-only file systems, as root; each is gone when its test has finished. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { onTestFinished } from "vitest"

const mount = (...args: ReadonlyArray<string>): void => {
  execFileSync("mount", args, { stdio: ["ignore", "pipe", "pipe"] })
}

const unmount = (folder: string): void => {
  execFileSync("umount", ["--lazy", folder], { stdio: ["ignore", "pipe", "pipe"] })
}

/** Why nothing can be mounted here; undefined where it can. Tests that need it say so when they are skipped. */
export const mountless: string | undefined = (() => {
  const folder = fs.mkdtempSync("/tmp/repro-mount-")
  try {
    mount("-t", "tmpfs", "none", folder)
    unmount(folder)
    return undefined
  } catch (error) {
    return (error as Error).message.trim()
  } finally {
    fs.rmdirSync(folder)
  }
})()

/** A file system in memory with so much room. */
export interface Small {
  /** Gives it other room: `{ size: "8m" }`, `{ inodes: 700 }`. */
  readonly resize: (room: Room) => void
}

export interface Room {
  /** Bytes, in tmpfs's words: "64k". */
  readonly size?: string
  readonly inodes?: number
}

const options = ({ size = "1g", inodes = 1_000_000 }: Room): string => `size=${size},nr_inodes=${inodes}`

/** Mounts a small file system in an empty folder, which is made where it is missing. */
export const mountSmall = (folder: string, room: Room): Small => {
  fs.mkdirSync(folder, { recursive: true })
  mount("-t", "tmpfs", "-o", options(room), "none", folder)
  onTestFinished(() => unmount(folder))
  return { resize: (now) => mount("-o", `remount,${options(now)}`, folder) }
}

/** Makes a folder read-only, for root too, until `release` or the test's end. */
export const readOnly = (folder: string): { readonly release: () => void } => {
  mount("--bind", folder, folder)
  mount("-o", "remount,bind,ro", folder)
  let mounted = true
  const release = (): void => {
    if (mounted) unmount(folder)
    mounted = false
  }
  onTestFinished(release)
  return { release }
}

/** Mounts a file system whose files may share blocks (btrfs, in a file of its own) in an empty folder, which is made. */
export const mountSharing = (folder: string): void => {
  const image = `${fs.mkdtempSync("/tmp/repro-btrfs-")}/image`
  onTestFinished(() => fs.rmSync(path.dirname(image), { recursive: true, force: true }))
  fs.writeFileSync(image, "")
  fs.truncateSync(image, 512 * 1024 * 1024)
  execFileSync("mkfs.btrfs", ["-q", image], { stdio: ["ignore", "pipe", "pipe"] })
  fs.mkdirSync(folder, { recursive: true })
  mount("-o", "loop", image, folder)
  onTestFinished(() => unmount(folder))
}

/** Why no such file system can be mounted here; undefined where one can. */
export const sharingless: string | undefined = (() => {
  if (mountless !== undefined) return mountless
  if (!fs.readFileSync("/proc/filesystems", "utf8").includes("btrfs")) return "the kernel has no btrfs"
  return fs.existsSync("/dev/loop-control") ? undefined : "there are no loop devices"
})()
